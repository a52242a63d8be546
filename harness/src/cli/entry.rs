use super::args::Guest;
use super::one::Judged;
use super::select::Loaded;
use crate::record::ClockKind;
use crate::report;

/// What a report is told of a run; `guest` is what was asked of virtual time.
pub(super) fn entry<'a>(loaded: &'a Loaded, judged: &'a Judged, guest: &Guest) -> report::Run<'a> {
    report::Run {
        name: &loaded.plan.name,
        title: &loaded.plan.title,
        ladder: &loaded.plan.ladder,
        timeline: &judged.timeline,
        verdict: &judged.verdict,
        evidence: judged.evidence.as_deref(),
        command: command(loaded, judged, guest),
        wall: judged.wall,
    }
}

/// What does the same again.
fn command(loaded: &Loaded, judged: &Judged, guest: &Guest) -> String {
    let path = loaded.found.path.display();
    let case = &loaded.found.case;
    let path = if case.is_empty() { path.to_string() } else { format!("{path} --filter '{case}'") };
    let kind = match judged.timeline.manifest.clock {
        ClockKind::Virtual => "",
        ClockKind::Emulated => " --guest qemu",
        ClockKind::Real | ClockKind::Capture => return format!("deadpeer run {path}"),
    };
    let kernel = guest.kernel.as_ref().map_or(String::new(), |kernel| format!(" --kernel {}", kernel.display()));
    format!("deadpeer run {path} --clock virtual{kind}{kernel} --seed {}", guest.seed)
}
