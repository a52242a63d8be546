use super::args::Guest;
use super::one::Ran;
use super::select::Loaded;
use crate::record::ClockKind;
use crate::report;

/// What a report is told of a run; `guest` is what was asked of virtual time.
pub(super) fn entry<'a>(loaded: &'a Loaded, ran: &'a Ran, guest: &Guest) -> report::Run<'a> {
    report::Run {
        name: &loaded.plan.name,
        title: &loaded.plan.title,
        ladder: loaded.plan.connections().nth(ran.judged.shown).map_or(&loaded.plan.ladder, |own| own.ladder),
        others: ran.judged.others.as_deref(),
        timeline: &ran.judged.timeline,
        verdict: &ran.judged.verdict,
        warnings: &loaded.plan.warnings,
        evidence: ran.evidence.as_deref(),
        command: command(loaded, ran, guest),
        wall: ran.wall,
    }
}

/// What does the same again.
fn command(loaded: &Loaded, ran: &Ran, guest: &Guest) -> String {
    let path = loaded.found.path.display();
    let case = &loaded.found.case;
    let path = if case.is_empty() { path.to_string() } else { format!("{path} --filter '{case}'") };
    let kind = match ran.judged.timeline.manifest.clock {
        ClockKind::Virtual => "",
        ClockKind::Emulated => " --guest qemu",
        ClockKind::Real | ClockKind::Capture => return format!("deadpeer run {path}"),
    };
    let kernel = guest.kernel.as_ref().map_or(String::new(), |kernel| format!(" --kernel {}", kernel.display()));
    format!("deadpeer run {path} --clock virtual{kind}{kernel} --seed {}", guest.seed)
}
