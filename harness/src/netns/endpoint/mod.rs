//! Stand-in.
use super::clock::Clock;
use crate::plan::{EndpointPlan, OptionPlan};
use crate::run::Happening;
use std::sync::mpsc::Sender;

#[derive(Debug, thiserror::Error)]
#[error("stand-in")]
pub(crate) struct EndpointError;
type R<T> = Result<T, EndpointError>;

pub(crate) struct Handle;

impl Handle {
    pub(crate) async fn open(_: &EndpointPlan, _clock: Clock, _sink: Sender<Happening>) -> R<Self> { Ok(Self) }
    pub(crate) async fn connect(&self) -> R<()> { Ok(()) }
    pub(crate) async fn send(&self, _: u32) -> R<()> { Ok(()) }
    pub(crate) async fn read(&self, _: Option<u32>) -> R<()> { Ok(()) }
    pub(crate) async fn shutdown(&self) -> R<()> { Ok(()) }
    pub(crate) async fn close(&self) -> R<()> { Ok(()) }
    pub(crate) async fn kill(&self) -> R<()> { Ok(()) }
    pub(crate) async fn freeze(&self) -> R<()> { Ok(()) }
    pub(crate) async fn thaw(&self) -> R<()> { Ok(()) }
    pub(crate) async fn set_option(&self, _: &OptionPlan) -> R<()> { Ok(()) }
    pub(crate) async fn get_option(&self, _: i32, _: i32) -> R<i32> { Ok(0) }
    pub(crate) async fn state(&self) -> R<String> { Ok("alive".into()) }
}
