use super::cursor::Cursor;

/// The options at the end of a pcapng block: code and value. A list that breaks off ends
/// where it does; the block is none the worse for it.
pub(super) fn options(cursor: Cursor) -> impl Iterator<Item = (u16, Cursor)> {
    let mut cursor = cursor;
    std::iter::from_fn(move || {
        let code = cursor.u16().filter(|code| *code != 0)?;
        let len = cursor.u16()?;
        let value = cursor.take_padded(len.into())?;
        Some((code, Cursor { rest: value, order: cursor.order }))
    })
}
