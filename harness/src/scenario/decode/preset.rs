use super::context::{Context, clip};
use super::value;
use crate::preset::{self, BUILDABLE_NAMES, Build, Middlebox, OnExpiry, PROGRAM_NAMES, Program};
use crate::scenario::tree::Yaml;
use crate::scenario::{Keepalive, Nat, OnUnknown, Spanned};

/// The middlebox that a nat is to be.
pub(super) fn middlebox(tree: &Yaml, cx: &mut Context) -> Option<&'static Middlebox> {
    let name = value::text(tree, "a middlebox's name, such as `aws-nat-gateway`", cx)?;
    let known = preset::middlebox(&name);
    match known.map(|known| known.build) {
        Some(Build::Lab) => return known,
        Some(Build::Not(why)) => {
            let help = format!("{why}; `deadpeer presets` tells which can be built");
            cx.error(name.span, format!("`{}` can't be built", name.value), help);
        }
        None if preset::program(&name).is_some() => {
            misplaced(&name, "a program", "give it to `client` or `server`", cx);
        }
        None => unknown(&name, &BUILDABLE_NAMES, cx),
    }
    None
}

/// The program that an endpoint is to be like.
pub(super) fn program(tree: &Yaml, cx: &mut Context) -> Option<&'static Program> {
    let name = value::text(tree, "a program's name, such as `redis-server`", cx)?;
    let known = preset::program(&name);
    match known {
        Some(_) => {}
        None if preset::middlebox(&name).is_some() => {
            misplaced(&name, "a middlebox", "give it to a node with `role: nat`", cx);
        }
        None => unknown(&name, &PROGRAM_NAMES, cx),
    }
    known
}

fn misplaced(name: &Spanned<String>, what: &str, help: &str, cx: &mut Context) {
    cx.error(name.span, format!("the preset `{}` is {what}", name.value), help);
}

fn unknown(name: &Spanned<String>, known: &[&'static str], cx: &mut Context) {
    let alike = if cx.is_read() && name.len() <= 64 { preset::alike(name, known) } else { Vec::new() };
    let alike: Vec<String> = alike.iter().map(|name| format!("`{name}`")).collect();
    let help = match alike.as_slice() {
        [] => "run `deadpeer presets` for all there are".to_owned(),
        _ => format!("did you mean {}? Run `deadpeer presets` for all there are", alike.join(" or ")),
    };
    cx.error(name.span, format!("unknown preset `{}`", clip(name)), help);
}

/// Makes `nat` forget as the middlebox does, and act so on what it has forgotten.
pub(super) fn set(nat: &mut Nat, known: &Middlebox) {
    nat.established_timeout = Some(known.idle_timeout);
    nat.loose = Some(known.loose);
    nat.drop_invalid = false;
    nat.on_unknown = match known.on_expiry {
        OnExpiry::ResetToSender => OnUnknown::Reset,
        _ if known.loose => OnUnknown::Forward,
        _ => OnUnknown::Drop,
    };
}

pub(super) fn keepalive(known: preset::Keepalive) -> Keepalive {
    match known {
        preset::Keepalive::Off => Keepalive::Off,
        preset::Keepalive::On { idle, interval, count } => Keepalive::On { idle, interval, count },
    }
}
