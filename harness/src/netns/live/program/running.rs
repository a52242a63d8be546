use super::init::{EXITED, SIGNALLED, Word};
use super::prepare::prepare;
use super::spawn::{Init, Spawned, spawn};
use super::{ProgramError, output};
use crate::ladder::Outcome;
use crate::name::Side;
use crate::netns::live::clock::Clock;
use crate::netns::live::sink::Sink;
use crate::netns::live::sockets::{self, Socket, State};
use crate::plan::ProgramPlan;
use crate::record::{Event, EventKind};
use crate::run::Happening;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// The kernel tells nobody that a socket listens or is connected, so that is asked again
/// and again. An answer takes some 20 us.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// A running program and all its descendants. They are killed when it is dropped, and
/// whenever the node's thread or deadpeer ends, however that comes.
pub(crate) struct Program {
    word: String,
    /// Its drop is the program's end.
    _init: Init,
    control: OwnedFd,
    life: watch::Receiver<Life>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the init has told.
#[derive(Debug, Clone, Copy, Default)]
struct Life {
    signalled: u32,
    /// The program ended; processes it started may go on.
    ended: bool,
    /// No process is left.
    gone: bool,
}

impl Program {
    /// Starts the plan's program in the namespace of the calling thread, a node's. What
    /// it prints and how it ends goes to the sink.
    ///
    /// # Errors
    /// It can't be executed, or not as the user who called sudo.
    pub(crate) fn start(side: Side, plan: &ProgramPlan, clock: Clock, sink: &Sink) -> Result<Self, ProgramError> {
        let prepared = prepare(plan)?;
        let Spawned { init, stdout, stderr, control, status } = spawn(&prepared)?;
        let receiver = |fd| {
            pipe::Receiver::from_owned_fd(fd).map_err(|source| ProgramError::Setup {
                operation: "await a pipe",
                word: prepared.word.clone(),
                source,
            })
        };
        let (tell, life) = watch::channel(Life::default());
        let [out, err, status] = [receiver(stdout)?, receiver(stderr)?, receiver(status)?];
        let printed = [out, err].map(|from| tokio::task::spawn_local(output::follow(from, side, clock, sink.clone())));
        let told = tokio::task::spawn_local(follow(status, tell, side, clock, sink.clone()));
        let tasks = printed.into_iter().chain([told]).collect();
        Ok(Self { word: prepared.word, _init: init, control, life, tasks })
    }

    /// SIGKILL to every process of it; returns when none is left.
    pub(crate) async fn kill(&mut self) {
        if self.signal(libc::SIGKILL).await.is_ok() {
            let _ = self.life.wait_for(|life| life.gone).await;
        }
    }

    /// SIGSTOP to every process of it.
    ///
    /// # Errors
    /// It has ended.
    pub(crate) async fn freeze(&mut self) -> Result<(), ProgramError> {
        self.signal(libc::SIGSTOP).await
    }

    /// SIGCONT to every process of it.
    ///
    /// # Errors
    /// It has ended.
    pub(crate) async fn thaw(&mut self) -> Result<(), ProgramError> {
        self.signal(libc::SIGCONT).await
    }

    async fn signal(&mut self, signal: i32) -> Result<(), ProgramError> {
        let before = self.life.borrow().signalled;
        let octet = u8::try_from(signal).unwrap_or(0);
        let sent = nix::unistd::write(&self.control, &[octet]).is_ok();
        let passed = self
            .life
            .wait_for(|life| life.gone || life.signalled > before)
            .await
            .is_ok_and(|life| !life.gone || signal == libc::SIGKILL);
        if sent && passed { Ok(()) } else { Err(self.ended("takes a signal")) }
    }

    /// Waits until a socket of its namespace listens at `port`.
    ///
    /// # Errors
    /// It ends before, or takes longer than `limit`.
    pub(crate) async fn await_listening(&self, port: u16, limit: Duration) -> Result<Socket, ProgramError> {
        let what = format!("listens at port {port}");
        self.ask(&what, limit, |socket| socket.state == State::LISTEN && socket.local.port() == port).await
    }

    /// Waits until a socket of its namespace has a connection to `remote`.
    ///
    /// # Errors
    /// It ends before, or takes longer than `limit`.
    pub(crate) async fn await_established(&self, remote: SocketAddr, limit: Duration) -> Result<Socket, ProgramError> {
        let what = format!("is connected to {remote}");
        self.ask(&what, limit, |socket| socket.state == State::ESTABLISHED && socket.remote == remote).await
    }

    async fn ask(&self, what: &str, limit: Duration, wanted: impl Fn(&Socket) -> bool) -> Result<Socket, ProgramError> {
        let until = Instant::now() + limit;
        loop {
            let ended = self.life.borrow().ended;
            if let Some(socket) = self.sockets()?.into_iter().find(&wanted) {
                return Ok(socket);
            }
            if ended {
                return Err(self.ended(what));
            }
            if Instant::now() >= until {
                return Err(ProgramError::Overdue { word: self.word.clone(), what: what.to_owned(), limit });
            }
            sleep(ASK_EVERY).await;
        }
    }

    fn sockets(&self) -> Result<Vec<Socket>, ProgramError> {
        sockets::list().map_err(|source| ProgramError::Setup {
            operation: "list sockets",
            word: self.word.clone(),
            source,
        })
    }

    fn ended(&self, what: &str) -> ProgramError {
        ProgramError::Ended { word: self.word.clone(), what: what.to_owned() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Reads what the init tells until it is gone.
async fn follow(mut status: pipe::Receiver, tell: watch::Sender<Life>, side: Side, clock: Clock, sink: Sink) {
    let report = |outcome| {
        tell.send_modify(|life| life.ended = true);
        let kind = EventKind::Outcome { side, outcome };
        drop(sink.send(Happening::Event(Event::new(clock.now(), kind))));
    };
    while let Ok([what, number @ ..]) = word(&mut status).await {
        match what {
            EXITED => report(outcome(i32::from_ne_bytes(number))),
            SIGNALLED => tell.send_modify(|life| life.signalled += 1),
            _ => {}
        }
    }
    if !tell.borrow().ended {
        // The init itself was killed, and the program with it.
        report(Outcome::Signal(libc::SIGKILL));
    }
    tell.send_modify(|life| life.gone = true);
}

async fn word(status: &mut pipe::Receiver) -> io::Result<Word> {
    let mut word = Word::default();
    status.read_exact(&mut word).await?;
    Ok(word)
}

/// A status of wait(2).
fn outcome(status: i32) -> Outcome {
    if libc::WIFSIGNALED(status) {
        Outcome::Signal(libc::WTERMSIG(status))
    } else {
        Outcome::Exit(libc::WEXITSTATUS(status))
    }
}
