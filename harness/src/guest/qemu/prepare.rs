use super::image;
use super::kernel::Image;
use super::module::Modules;
use crate::guest::error::{Error, io};
use crate::guest::folder::Folder;
use crate::guest::model::Options;
use crate::plan::Plan;
use std::path::Path;

/// Puts the kernel, and the image with all that the guest needs for `plans`, into `folder`.
///
/// # Errors
/// The kernel or its modules' list can't be read, or what the image is made of.
pub(in crate::guest) fn prepare(
    plans: &[&Plan],
    options: &Options,
    modules: &Path,
    folder: &Folder,
) -> Result<(), Error> {
    let path = &options.kernel.path;
    let kernel = Image::read(path).map_err(io("read", path))?;
    kernel.write(&folder.kernel()).map_err(io("write", &folder.kernel()))?;
    let modules = Modules::read(modules).map_err(io("read the list of modules in", modules))?;
    let made = image::write(&options.program, plans, &modules, folder);
    made.map_err(|error| Error::Image { why: error.to_string() })
}
