use crate::scenario::figure::{Place, read};

const HEAD: &str = "\
  ___            ___
 | A |          | B |
 |___|          |___|
   |---- SYN ----->|
   |<-- SYN/ACK ---|
   |---- ACK ----->|
";
const THREE: &str = "\
  ___      _____       ___
 | A |    | NAT |     | B |
 |___|    |_____|     |___|
   |--->-----|-- SYN --->|
   |<--------| SYN/ACK --|
   |--->-----|-- ACK --->|
";

/// Line and message of each thing that is wrong.
fn wrongs(text: &str) -> Vec<(u32, String)> {
    let errors = read(text, Place::whole(text)).err().unwrap_or_default();
    assert!(errors.iter().all(|error| error.help.is_some()), "{errors:#?}");
    errors.into_iter().map(|error| (error.span.line, error.message)).collect()
}

/// What is wrong with these rows below a head and a handshake that end in line 6; lines
/// count from there.
fn below(head: &str, rows: &str) -> Vec<(u32, String)> {
    wrongs(&format!("{head}{rows}\n")).into_iter().map(|(line, message)| (line - 6, message)).collect()
}

fn one(line: u32, message: &str) -> Vec<(u32, String)> {
    vec![(line, message.to_owned())]
}

#[test]
fn the_heads_alone_are_right() {
    assert_eq!(wrongs(HEAD), []);
    assert_eq!(wrongs(THREE), []);
}

#[test]
fn heads() {
    assert_eq!(wrongs(""), one(1, "the figure has no head"));
    assert_eq!(wrongs("\n\nA     B\n|-- SYN -->|\n"), one(3, "the figure has no head"));
    assert_eq!(wrongs("|-- SYN -->|\n"), one(1, "the figure has no head"));
    assert_eq!(wrongs("| A |\n|---|\n"), one(1, "the head has 1 lane"));
    assert_eq!(wrongs("| A | | B | | C | | D |\n"), one(1, "the head has 4 lanes"));
    assert_eq!(wrongs("| A | | A |\n"), one(1, "two lanes are named `a`"));
    assert_eq!(wrongs("| A | | NAT |\n"), one(1, "the NAT `NAT` stands at the edge"));
    let both = wrongs("| Client | | 9 |\n");
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].1, "a lane's name is wrong: `client` already has another meaning in a scenario");
}

#[test]
fn figures_that_open_no_connection() {
    let head = "| A | | B |\n|___| |___|\n";
    assert_eq!(wrongs(head), one(1, "the connection is never opened"));
    assert_eq!(wrongs(&format!("{head}|-- PSH -->|\n")), one(3, "the connection is never opened"));
    let middle = "| A | | M | | B |\n| | -- SYN --> |\n";
    assert_eq!(wrongs(middle), one(2, "the connection is never opened"));
}

#[test]
fn marks() {
    assert_eq!(below(HEAD, "|  meteor ---> X"), one(1, "unknown mark `meteor`"));
    assert_eq!(below(HEAD, "|  reboot ---> X"), one(1, "`reboot` contradicts its `X`"));
    assert_eq!(below(HEAD, "|  reboot ---> ^"), one(1, "a lane comes back, but none is down"));
    assert_eq!(below(HEAD, "| crash ---> X\n| link up ---> ^"), one(2, "`b` is powered off here"));
    assert_eq!(below(HEAD, "| cable cut ---> X\n| power on ---> ^"), one(2, "the link of `b` is down here"));
    assert_eq!(below(HEAD, "|  crash <--- X"), one(1, "this mark's pointer points away from it"));
    assert_eq!(below(HEAD, "X <-- crash --> X"), one(1, "this row has more than one mark"));
    assert_eq!(below(HEAD, "| | crash ---> X"), one(1, "this row has 3 bars and marks, but there are 2 lanes"));
    assert_eq!(below(HEAD, "| crash ---> X\nX\n^"), one(3, "it can't be told which lane this mark is on"));
    assert_eq!(below(THREE, "| link down ---> X |"), one(1, "`nat` has two links: it can't be told which one goes"));
}

#[test]
fn notes() {
    assert_eq!(below(HEAD, "| all is well |"), one(1, "unknown note `all is well`"));
    assert_eq!(below(HEAD, "| entry deleted |"), one(1, "`entry deleted`, but no lane is a NAT"));
    assert_eq!(below(THREE, "| | | <-- entry deleted"), one(1, "`entry deleted` points at `b`, which is no NAT"));
    assert_eq!(below(THREE, "| nat dreams ---> | |"), one(1, "unknown note `nat dreams`"));
    assert_eq!(
        below(THREE, "| crash ---> X |\n| <--- entry deleted |"),
        one(2, "`entry deleted` points at `a`, which is no NAT")
    );
    assert_eq!(below(HEAD, "| PSH |"), one(1, "unknown note `PSH`"));
    assert_eq!(below(HEAD, "| a | b"), one(1, "this row can't be read"));
}

#[test]
fn arrows() {
    assert_eq!(below(HEAD, "|--- FLY --->|"), one(1, "unknown label `FLY`"));
    assert_eq!(below(HEAD, "|---------->|"), one(1, "this arrow has no label"));
    assert_eq!(below(HEAD, "|--->- PSH -<---|"), one(1, "this arrow points both ways"));
    assert_eq!(below(HEAD, "|---- PSH ----|"), one(1, "this arrow has no head"));
    assert_eq!(below(HEAD, "|--- PSH --->"), one(1, "this arrow ends before `b`"));
    assert_eq!(below(HEAD, "--- PSH --->|"), one(1, "this arrow begins at no lane"));
    assert_eq!(below(HEAD, "|--- PSH --->|--- ACK --->|"), one(1, "two arrows stand in one row"));
    assert_eq!(below(HEAD, "|-- PSH -->| | |"), one(1, "this row has 4 bars, but there are 2 lanes"));
    assert_eq!(below(HEAD, "| X --- PSH --->|"), one(1, "the `X` stands at the arrow's tail"));
    assert_eq!(below(HEAD, "|--- PSH --->| X"), one(1, "the `X` does not stand at this arrow's head"));
    assert_eq!(below(HEAD, "|--- PSH --->| <--- oh no"), one(1, "unknown note `oh no` beside an arrow"));
    assert_eq!(below(HEAD, "|--- PSH --->| lost"), one(1, "`lost` stands beside an arrow that arrives"));
    assert_eq!(below(THREE, "|--- PSH --->| invalid |--- ACK --->"), one(1, "two arrows stand in one row"));
    assert_eq!(below(THREE, "|--->---| |--- PSH --->"), one(1, "this arrow is interrupted"));
    assert_eq!(
        below(THREE, "|      |--- PSH --->|"),
        one(1, "`nat` is no end of the connection: it sends no data and no FIN")
    );
    assert_eq!(below(HEAD, "|--- PSH --- ACK --->|"), one(1, "this row has more in it than an arrow"));
}

#[test]
fn the_dead_send_and_receive_nothing() {
    let dead = "| crash ---> X\n";
    assert_eq!(below(HEAD, &format!("{dead}|--- PSH --->|")), one(2, "`b` is down here: nothing reaches it"));
    assert_eq!(below(HEAD, &format!("{dead}|<--- RST ---|")), one(2, "`b` is down here: it sends nothing"));
    assert_eq!(below(HEAD, &format!("{dead}|<--- RST ---")), one(2, "`b` is down here: it sends nothing"));
    assert_eq!(
        below(HEAD, "| link down ---> X\n|<--- PSH ---|"),
        one(2, "the link of `b` is down here: it sends nothing")
    );
    assert_eq!(below(THREE, "| crash ---> X |\n|--- PSH --->|"), one(2, "`nat` is down here: nothing reaches it"));
    let back = format!("{dead}| reboot ---> ^\n|<--- PSH ---|");
    assert_eq!(below(HEAD, &back), one(3, "`b` sends PSH after it was powered off"));
}

#[test]
fn the_script() {
    assert_eq!(below(HEAD, "|-- FIN -->|\n|-- PSH -->|"), one(2, "`a` sends PSH after it has closed"));
    assert_eq!(below(HEAD, "|-- PSH x3 -->|"), one(1, "PSH can't be repeated in one row"));
    assert_eq!(below(HEAD, "| ... |\n|-- PSH -->|"), one(2, "this row follows `...`"));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let rows = "| meteor ---> X\n|-- FLY -->|\n|-- FIN -->|\n|-- PSH -->|\n| all is well |";
    let lines: Vec<u32> = below(HEAD, rows).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [1, 2, 4, 5]);
}

#[test]
fn the_help_names_what_is_known() {
    let text = format!("{HEAD}| meteor ---> X\n");
    let errors = read(&text, Place::whole(&text)).unwrap_err();
    assert!(errors[0].help.as_deref().unwrap().starts_with("known are `power off`, `system crash`"));
    assert_eq!(&text[errors[0].span.offset..][..errors[0].span.len], "| meteor ---> X");
}
