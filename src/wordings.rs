//! The words of groups' notices, read from the files that the configuration names.

use std::path::Path;

use policy::notice::{TemplateProblem, TemplateText};
use policy::{Language, Templates, Wording};

use crate::config::NoticeConfig;

/// The longest file of notices that is read, in bytes.
pub const WORDING_LEN_MAX: u64 = 1024 * 1024;

/// Reads and checks the words of a group's notices.
///
/// # Errors
/// Every problem, each with file, line and fix.
pub fn load(config: &NoticeConfig) -> Result<Wording, Vec<TemplateProblem>> {
    let files = [(Language::English, &config.english), (Language::Welsh, &config.welsh)];
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for (language, file) in files {
        match file.as_deref().map(|file| read(file, language)) {
            None => {}
            Some(Ok(text)) => texts.push(text),
            Some(Err(problem)) => problems.push(problem),
        }
    }
    if let Err(found) = Templates::new(config.version, texts.clone()) {
        problems.extend(found);
    }
    if problems.is_empty() { Ok(Wording { version: config.version, texts }) } else { Err(problems) }
}

fn read(file: &Path, language: Language) -> Result<TemplateText, TemplateProblem> {
    let name = file.display().to_string();
    match crate::text_file::read(file, WORDING_LEN_MAX) {
        Ok(text) => Ok(TemplateText { file: name, language, text }),
        Err(refusal) => Err(TemplateProblem {
            file: name,
            line: refusal.line,
            message: None,
            problem: refusal.what,
            fix: refusal.fix.to_owned(),
        }),
    }
}
