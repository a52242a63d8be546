use super::ProgramError;
use super::user::{Login, who_called};
use crate::plan::ProgramPlan;
use std::env;
use std::ffi::{CString, OsStr, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;

/// Everything that execve(2) needs, made before the fork: after it nothing may be
/// allocated.
pub(super) struct Prepared {
    pub(super) word: String,
    /// The value of PATH, if it was searched.
    pub(super) path: Option<String>,
    pub(super) login: Option<Login>,
    pub(super) candidates: Vec<CString>,
    pub(super) arguments: Strings,
    pub(super) environment: Strings,
}

/// C strings, and the array of pointers to them that ends with a null.
pub(super) struct Strings {
    _owned: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl Strings {
    fn new(owned: Vec<CString>) -> Self {
        let pointers = owned.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect();
        Self { _owned: owned, pointers }
    }

    pub(super) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}

/// # Errors
/// No word, a word with NUL in it, or an unknown user.
pub(super) fn prepare(plan: &ProgramPlan) -> Result<Prepared, ProgramError> {
    let word = plan.words.first().filter(|word| !word.is_empty()).cloned().ok_or(ProgramError::Empty)?;
    let login = if plan.as_root { None } else { login(&word)? };
    let path =
        (!word.contains('/')).then(|| env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".to_owned()));
    let arguments = plan.words.iter().map(|word| c_string(word)).collect::<Result<_, _>>()?;
    Ok(Prepared {
        candidates: candidates(&word, path.as_deref())?,
        arguments: Strings::new(arguments),
        environment: Strings::new(environment(login.as_ref())),
        word,
        path,
        login,
    })
}

fn login(word: &str) -> Result<Option<Login>, ProgramError> {
    who_called().map_err(|(uid, reason)| ProgramError::User { word: word.to_owned(), uid, reason })
}

fn c_string(text: &str) -> Result<CString, ProgramError> {
    CString::new(text).map_err(|_| ProgramError::Nul { word: text.to_owned() })
}

/// The files to try, in order: beside this program (and, for a test, in the folder above
/// its own, where cargo puts a package's programs), then as execvp(3) does.
fn candidates(word: &str, path: Option<&str>) -> Result<Vec<CString>, ProgramError> {
    let Some(path) = path else { return Ok(vec![c_string(word)?]) };
    let own = env::current_exe().unwrap_or_default();
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join(word));
    let searched = path.split(':').map(|folder| Path::new(if folder.is_empty() { "." } else { folder }).join(word));
    beside.chain(searched).map(|file| c_string(&file.to_string_lossy())).collect()
}

/// The first that is there of the files that would be tried.
pub(super) fn file(plan: &ProgramPlan) -> Option<PathBuf> {
    let word = plan.words.first()?;
    let path = (!word.contains('/')).then(|| env::var("PATH").unwrap_or_default());
    let files = candidates(word, path.as_deref()).unwrap_or_default();
    files.iter().map(|file| PathBuf::from(OsStr::from_bytes(file.to_bytes()))).find(|file| file.is_file())
}

/// The caller's own, with those that name the user changed where that is another.
fn environment(login: Option<&Login>) -> Vec<CString> {
    let own =
        login.map_or(vec![], |login| vec![("HOME", &login.home), ("USER", &login.name), ("LOGNAME", &login.name)]);
    let kept = env::vars_os().filter(|(name, _)| !own.iter().any(|(taken, _)| name == taken));
    let kept = kept.map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat());
    let own = own.iter().map(|(name, value)| format!("{name}={value}").into_bytes());
    kept.chain(own).filter_map(|octets| CString::new(octets).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &[&str]) -> ProgramPlan {
        ProgramPlan { words: words.iter().map(ToString::to_string).collect(), as_root: false }
    }

    #[test]
    fn a_path_is_taken_as_it_is_and_a_bare_word_is_searched() {
        assert_eq!(candidates("./x", None).unwrap(), [c"./x".to_owned()]);
        let searched = candidates("x", Some("/bin::/opt")).unwrap();
        assert_eq!(searched[2..], [c"/bin/x".to_owned(), c"./x".to_owned(), c"/opt/x".to_owned()]);
        let own = env::current_exe().unwrap().with_file_name("x");
        assert_eq!(searched[0].to_bytes(), own.as_os_str().as_bytes());
    }

    #[test]
    fn words_that_are_none() {
        for words in [&[][..], &[""]] {
            assert!(matches!(prepare(&plan(words)), Err(ProgramError::Empty)));
        }
        assert!(matches!(prepare(&plan(&["a", "b\0c"])), Err(ProgramError::Nul { word }) if word == "b\0c"));
    }

    #[test]
    fn another_user_has_another_home() {
        let login = Login { uid: 7, gid: 7, groups: vec![], name: "ann".to_owned(), home: "/home/ann".to_owned() };
        let all = environment(Some(&login));
        let homes: Vec<_> = all.iter().filter(|text| text.as_bytes().starts_with(b"HOME=")).collect();
        assert_eq!(homes, [c"HOME=/home/ann"]);
    }
}
