use super::clock::Clock;
use super::endpoint::{self, EndpointError, Handle};
use super::program::{Program, ProgramError};
use super::reading::Subject;
use super::sink::Sink;
use crate::plan::{Action, EndpointPlan, ProgramPlan};
use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a program may take to listen.
const LISTENS: Duration = Duration::from_secs(30);

/// How long a program may take to have its connection. A connect(2) that nobody answers
/// takes 131 s by itself (tcp(7), tcp_syn_retries).
const CONNECTS: Duration = Duration::from_secs(150);

/// How long after the client's connect(2) the server may take to accept.
const ACCEPTS: Duration = Duration::from_secs(2);

/// What plays one side of the connection: the built-in endpoint, or a real program.
pub(crate) enum Actor {
    BuiltIn(Handle),
    Program(Running),
}

/// A program, with its connection's addresses once it has one: its own, the other's.
pub(crate) struct Running {
    program: Mutex<Program>,
    connection: Cell<Option<(SocketAddr, SocketAddr)>>,
}

/// Why an actor can't do as it is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ActorError {
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("make a real program {0}: only the built-in endpoint can be told to")]
    NotTold(&'static str),
}

impl Actor {
    /// The server, listening on return.
    ///
    /// # Errors
    /// It can't be started, or does not listen.
    pub(crate) async fn serve(plan: &EndpointPlan, clock: Clock, sink: Sink) -> Result<Self, ActorError> {
        let Some(program) = &plan.program else { return Ok(Self::BuiltIn(endpoint::listen(plan, clock, sink)?)) };
        let running = Running::start(plan, program, clock, &sink)?;
        running.program.lock().await.await_listening(plan.port.unwrap_or(0), LISTENS).await?;
        Ok(Self::Program(running))
    }

    /// The client, begun to connect.
    ///
    /// # Errors
    /// It can't be started.
    pub(crate) fn connect(
        plan: &EndpointPlan,
        server: SocketAddr,
        clock: Clock,
        sink: Sink,
    ) -> Result<Self, ActorError> {
        match &plan.program {
            None => Ok(Self::BuiltIn(endpoint::connect(plan, server, clock, sink)?)),
            Some(program) => Running::start(plan, program, clock, &sink).map(Self::Program),
        }
    }

    /// Waits until it is known whether there is a connection to `server`. That there
    /// will be none is the connection's outcome, and no error.
    ///
    /// # Errors
    /// It stays unknown.
    pub(crate) async fn connected(&self, server: SocketAddr) -> Result<(), ActorError> {
        match self {
            Self::BuiltIn(handle) => {
                handle.connected().await;
                Ok(())
            }
            Self::Program(running) => running.connected(server).await,
        }
    }

    /// What a reading of this actor is about.
    pub(crate) fn subject(&self) -> Subject<'_> {
        match self {
            Self::BuiltIn(handle) => Subject::Endpoint(handle),
            Self::Program(running) => running.subject(),
        }
    }

    /// Carries out a step of an endpoint, but no `connect`.
    ///
    /// # Errors
    /// There is no connection, the kernel refused an option, or the step is none that a
    /// real program can be made to do.
    pub(crate) async fn perform(&self, action: &Action) -> Result<(), ActorError> {
        match self {
            Self::BuiltIn(handle) => Ok(perform(handle, action).await?),
            Self::Program(running) => running.perform(action).await,
        }
    }
}

async fn perform(handle: &Handle, action: &Action) -> Result<(), EndpointError> {
    if needs_connection(action) {
        // The client is connected before the server has accepted.
        let _ = tokio::time::timeout(ACCEPTS, handle.connected()).await;
    }
    match action {
        Action::Send { bytes, .. } => handle.send(*bytes),
        Action::Read { bytes, .. } => handle.read(*bytes).await,
        Action::Shutdown { .. } => handle.shutdown(),
        Action::Close { .. } => handle.close().await,
        Action::Sockopt { option, .. } => handle.set_option(option),
        other => {
            match other {
                Action::Kill { .. } => handle.kill().await,
                Action::Freeze { .. } => handle.freeze(),
                Action::Thaw { .. } => handle.thaw(),
                _ => {}
            }
            Ok(())
        }
    }
}

fn needs_connection(action: &Action) -> bool {
    matches!(action, Action::Send { .. } | Action::Read { .. } | Action::Shutdown { .. } | Action::Close { .. })
}

impl Running {
    fn start(plan: &EndpointPlan, program: &ProgramPlan, clock: Clock, sink: &Sink) -> Result<Self, ActorError> {
        let program = Program::start(plan.side, program, clock, sink)?;
        Ok(Self { program: Mutex::new(program), connection: Cell::new(None) })
    }

    async fn connected(&self, server: SocketAddr) -> Result<(), ActorError> {
        match self.program.lock().await.await_established(server, CONNECTS).await {
            Ok(socket) => self.connection.set(Some((socket.local, socket.remote))),
            Err(ProgramError::Ended { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn subject(&self) -> Subject<'_> {
        self.connection.get().map_or(Subject::Node, |(local, remote)| Subject::Program { local, remote })
    }

    async fn perform(&self, action: &Action) -> Result<(), ActorError> {
        let mut program = self.program.lock().await;
        match action {
            Action::Kill { .. } => program.kill().await,
            Action::Freeze { .. } => program.freeze().await?,
            Action::Thaw { .. } => program.thaw().await?,
            Action::Send { .. } => return Err(ActorError::NotTold("send")),
            Action::Read { .. } => return Err(ActorError::NotTold("read")),
            Action::Shutdown { .. } => return Err(ActorError::NotTold("shut down")),
            Action::Close { .. } => return Err(ActorError::NotTold("close")),
            _ => return Err(ActorError::NotTold("set a socket option")),
        }
        Ok(())
    }
}
