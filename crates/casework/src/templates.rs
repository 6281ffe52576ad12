//! The words of notices: those in force, those of notices sent before, and what they look like.

use std::sync::PoisonError;

use ledger::TemplateVersion;
use policy::{Charter, GroupId, Language, Letter, NoticeKind, Templates};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::LoadError;
use crate::rights::Permit;

/// Whether the words of the version in force are those that notices of this version were written with.
pub(crate) fn unchanged(charter: &Charter, kept: &[TemplateVersion]) -> Result<(), LoadError> {
    let wording = &charter.wording;
    let Some(same) = kept.iter().find(|kept| kept.wording.version == wording.in_force()) else {
        return Ok(());
    };
    let differs = |language: &&Language| wording.text(**language) != same.wording.text(**language);
    match Language::ALL.iter().find(differs) {
        None => Ok(()),
        Some(language) => Err(LoadError(vec![format!(
            "groups.notices: notices have been written with version {} since {}, and its words for {language} are \
             others now; write the next number for version",
            wording.version,
            same.first_used_at.long_date(charter.zone),
        )])),
    }
}

impl Casework {
    /// The words that notices of this version were written with, whatever the files say today.
    pub(crate) async fn templates_of(
        &self,
        group: &GroupId,
        version: u32,
    ) -> Result<Templates, CaseworkError> {
        if version == 0 {
            return Ok(Templates::default());
        }
        let key = (group.clone(), version);
        let known = self.kept_templates.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let all = self.ledger.templates(group).await?;
        let Some(kept) = all.into_iter().find(|kept| kept.wording.version == version) else {
            // A notice and its words are recorded together.
            return Ok(Templates::default());
        };
        let templates = Templates::kept(version, kept.wording.texts);
        let mut cache = self.kept_templates.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(key, templates.clone());
        Ok(templates)
    }

    /// Which words are in force, which were, and what kinds of notices there are.
    pub(crate) async fn template_list(&self, permit: &Permit<'_>) -> Result<Letter, CaseworkError> {
        let charter = &permit.in_force().charter;
        let wording = &charter.wording;
        let mut letter = Letter::line(match wording.in_force() {
            0 => "Notices are written in the words that come with Beadle.".to_owned(),
            version => {
                let languages: Vec<_> = wording.texts.iter().map(|text| text.language.word()).collect();
                format!(
                    "Notices are written with version {version} of the group's own words: {}.",
                    languages.join(", ")
                )
            }
        });
        for kept in self.ledger.templates(&charter.group).await? {
            let since = kept.first_used_at.long_date(charter.zone);
            letter = letter.text(format!("Version {}: first used on {since}.", kept.wording.version));
        }
        Ok(letter.text(format!(
            "Preview one with: template preview KIND [en|cy]. The kinds: {}.",
            NoticeKind::WORDS.join(", ")
        )))
    }

    /// What a kind of notice looks like, filled with what nobody wrote.
    pub(crate) fn template_preview(
        &self,
        permit: &Permit<'_>,
        kind: &str,
        language: Language,
    ) -> Result<Letter, CaseworkError> {
        let in_force = permit.in_force();
        let charter = &in_force.charter;
        let letters =
            in_force.templates.preview(kind, &charter.name, &charter.contact, charter.zone, language)?;
        if letters.is_empty() {
            let kinds = NoticeKind::WORDS.join(", ");
            return Ok(Letter::line(format!("There is no notice {kind:?}. The kinds: {kinds}.")));
        }
        let ways = letters.len();
        let mut answer = Letter::default();
        for (index, letter) in letters.into_iter().enumerate() {
            let of = if ways > 1 { format!(" ({} of {ways})", index + 1) } else { String::new() };
            answer = answer.text(format!("Preview of {kind}{of}, with made-up facts:"));
            // Made up as its facts are, nothing in it can be done.
            answer.blocks.extend(letter.blocks);
        }
        Ok(answer)
    }
}
