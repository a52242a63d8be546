//! A PC under QEMU, whose clock counts the instructions it has executed and jumps when it is
//! idle, with a distribution's own kernel. It sees nothing of the host: what it needs goes
//! into an image, and the records come back through a serial port.

mod archive;
mod command;
mod image;
mod kernel;
mod library;
mod module;
mod prepare;

pub(super) use archive::unpack;
pub(super) use command::command;
pub(super) use kernel::Image as KernelImage;
pub(super) use prepare::prepare;
