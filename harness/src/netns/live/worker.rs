use super::error::{Error, errno};
use super::parts;
use super::samples::Asked;
use super::world::World;
use crate::record::EventKind;
use crate::time::LabTime;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Two clocks read one after the other differ by less than this, in ns, even where
/// slewing (adjtime(3)) has been at work for a minute.
const CLOCK_NOISE: i64 = 1_000_000;

/// What a lab's worker is asked for.
pub(crate) enum Command {
    Step {
        step: usize,
        planned: LabTime,
    },
    Take {
        connection: usize,
        reading: usize,
    },
    /// Has the sockets told of.
    Sample(Asked),
    Within(Box<dyn FnOnce(&World) + Send>),
    /// Ends the captures, and tells `done` once all has been handed over.
    Finish {
        done: SyncSender<()>,
    },
}

/// Starts the thread that changes a lab, one command at a time, and ends faults that
/// end by themselves. It takes the lab down when no more commands can come.
///
/// # Errors
/// No thread could be started.
pub(crate) fn start(world: World, inbox: Receiver<Command>) -> Result<JoinHandle<()>, Error> {
    let builder = thread::Builder::new().name("deadpeer-lab".to_owned());
    let started = builder.spawn(move || work(world, &inbox));
    started.map_err(|error| Error::Process { operation: "start the lab's thread", errno: errno(&error) })
}

fn work(mut world: World, inbox: &Receiver<Command>) {
    loop {
        match next(&world, inbox) {
            Ok(command) => obey(&mut world, command),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        world.end_due();
    }
}

fn next(world: &World, inbox: &Receiver<Command>) -> Result<Command, RecvTimeoutError> {
    let Some(due) = world.next_due() else { return inbox.recv().map_err(RecvTimeoutError::from) };
    // A clock that is set meanwhile is noticed within the hour.
    inbox.recv_timeout(due.since(world.clock.now()).min(Duration::from_secs(3600)))
}

fn obey(world: &mut World, command: Command) {
    match command {
        Command::Step { step, planned } => world.step(step, planned),
        Command::Take { connection, reading } => world.take(connection, reading),
        Command::Sample(asked) => {
            asked.taken();
            world.sample();
        }
        Command::Within(work) => work(world),
        Command::Finish { done } => {
            finish(world);
            let _ = done.send(());
        }
    }
}

fn finish(world: &mut World) {
    world.count_all();
    let moved = world.clock.step();
    if moved.abs() > CLOCK_NOISE {
        world.tell(EventKind::ClockStep { nanoseconds: moved });
    }
    for node in world.nodes.values() {
        drop(node.run(parts::finish_all));
    }
}
