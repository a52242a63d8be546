/// A socket option of tcp(7) or socket(7) whose value is an `int`; or SO_LINGER, whose
/// `struct linger` is told by its seconds, for it is on when it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketOption {
    pub name: &'static str,
    /// SOL_SOCKET or IPPROTO_TCP.
    pub level: i32,
    pub number: i32,
    /// The values the kernel takes; others are EINVAL.
    pub least: i64,
    pub most: i64,
}

const SOL_SOCKET: i32 = 1;
const IPPROTO_TCP: i32 = 6;
/// Its number among the options of SOL_SOCKET.
pub const SO_LINGER: i32 = 13;
const INT_MAX: i64 = i32::MAX as i64;

const fn option(name: &'static str, level: i32, number: i32, least: i64, most: i64) -> SocketOption {
    SocketOption { name, level, number, least, most }
}

/// Numbers from include/uapi/asm-generic/socket.h and include/uapi/linux/tcp.h, limits
/// from net/ipv4/tcp.c (MAX_TCP_KEEPIDLE and the like in include/net/tcp.h).
const OPTIONS: [SocketOption; 20] = [
    option("SO_KEEPALIVE", SOL_SOCKET, 9, 0, 1),
    option("SO_SNDBUF", SOL_SOCKET, 7, 0, INT_MAX),
    option("SO_RCVBUF", SOL_SOCKET, 8, 0, INT_MAX),
    option("SO_LINGER", SOL_SOCKET, SO_LINGER, 0, 65535),
    option("SO_RCVLOWAT", SOL_SOCKET, 18, 0, INT_MAX),
    option("SO_MARK", SOL_SOCKET, 36, 0, INT_MAX),
    option("TCP_NODELAY", IPPROTO_TCP, 1, 0, 1),
    option("TCP_MAXSEG", IPPROTO_TCP, 2, 88, 32767),
    option("TCP_CORK", IPPROTO_TCP, 3, 0, 1),
    option("TCP_KEEPIDLE", IPPROTO_TCP, 4, 1, 32767),
    option("TCP_KEEPINTVL", IPPROTO_TCP, 5, 1, 32767),
    option("TCP_KEEPCNT", IPPROTO_TCP, 6, 1, 127),
    option("TCP_SYNCNT", IPPROTO_TCP, 7, 1, 127),
    option("TCP_LINGER2", IPPROTO_TCP, 8, -1, INT_MAX),
    option("TCP_DEFER_ACCEPT", IPPROTO_TCP, 9, 0, INT_MAX),
    option("TCP_WINDOW_CLAMP", IPPROTO_TCP, 10, 0, INT_MAX),
    option("TCP_QUICKACK", IPPROTO_TCP, 12, 0, 1),
    option("TCP_USER_TIMEOUT", IPPROTO_TCP, 18, 0, INT_MAX),
    option("TCP_NOTSENT_LOWAT", IPPROTO_TCP, 25, 0, INT_MAX),
    option("TCP_RTO_MAX_MS", IPPROTO_TCP, 44, 1000, 120_000),
];

impl SocketOption {
    /// The option of this name, if known here.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        OPTIONS.iter().find(|option| option.name == name).copied()
    }

    /// All known names, for suggestions.
    pub fn all() -> impl Iterator<Item = &'static str> {
        OPTIONS.iter().map(|option| option.name)
    }
}
