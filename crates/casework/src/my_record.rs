//! What a member sees of what is kept about them: that it was looked at, what was asked and corrected, how long it stays.

use ledger::WordsKind;
use policy::{Letter, MemberId};

use crate::desk::Casework;
use crate::error::CaseworkError;
use crate::in_force::InForce;
use crate::retention::kept_until;

impl Casework {
    /// How long each file about a member is kept, who looked into it by their office, and what was asked and corrected.
    pub(crate) async fn about_records(
        &self,
        mut letter: Letter,
        in_force: &InForce,
        member: &MemberId,
    ) -> Result<Letter, CaseworkError> {
        let charter = &in_force.charter;
        for keeping in self.ledger.files_about(&charter.group, member).await? {
            let file = keeping.file;
            let until = kept_until(&keeping, in_force).long_date(charter.zone);
            letter = letter.text(format!("{file} is kept until {until} at least."));
            for view in self.ledger.views(&charter.group, file).await? {
                let at = view.at.long_date_time(charter.zone);
                letter = letter.text(format!("{file} was {} by a {}, {at}.", view.way, view.role));
            }
            for (kind, whose) in
                [(WordsKind::Request, "What you asked about"), (WordsKind::Correction, "A correction of")]
            {
                for words in self.ledger.words(&charter.group, file, kind).await? {
                    letter = letter.text(format!("{whose} {file}:")).quote(words.words);
                }
            }
        }
        Ok(letter)
    }
}
