//! A copy as a table for a spreadsheet, which no cell of can make it calculate.

use super::Sheet;

/// Without it, Excel takes UTF-8 for the system's old character set, and Welsh names for something else.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// What a cell must not begin with: what spreadsheets take for a formula, and the apostrophe that says it is none.
const FORMULA: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\''];

/// The whole copy; what it says of itself comes first, a line each, then the table.
pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().flexible(true).from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let marks = std::iter::once(&sheet.title).chain(&sheet.marks).map(|mark| vec![cell(mark)]);
    let header = std::iter::once("Part").chain(sheet.columns.iter().copied()).map(str::to_owned).collect();
    let rows = sheet.parts.iter().flat_map(|part| {
        part.rows
            .iter()
            .map(|row| std::iter::once(cell(part.heading)).chain(row.iter().map(|text| cell(text))).collect())
    });
    for record in marks.chain(std::iter::once(header)).chain(rows) {
        let record: Vec<String> = record;
        if let Err(error) = writer.write_record(&record) {
            // Memory takes whatever is written to it.
            tracing::error!(error = &error as &dyn std::error::Error, "a line of a table was not written");
        }
    }
    writer.into_inner().unwrap_or_default()
}

/// A text that no spreadsheet takes for a formula. An apostrophe at its beginning is ours.
fn cell(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Part;
    use proptest::prelude::*;

    fn sheet(text: &str) -> Sheet {
        let rows = vec![vec![text.to_owned(), "two".to_owned()]];
        Sheet {
            title: "A title".to_owned(),
            marks: vec!["Taken by sam".to_owned()],
            columns: vec!["Date", "Words"],
            parts: vec![Part { heading: "What happened", rows }],
        }
    }

    #[test]
    fn a_table_reads_as_such() {
        let written = String::from_utf8(write(&sheet("=HYPERLINK(\"http://x\", \"a\nb\")"))).unwrap();
        insta::assert_snapshot!(written.strip_prefix(BYTE_ORDER_MARK).unwrap(), @r#"
        A title
        Taken by sam
        Part,Date,Words
        What happened,"'=HYPERLINK(""http://x"", ""a
        b"")",two
        "#);
    }

    proptest! {
        /// Whatever people write, no cell begins a formula, and nothing of it is lost.
        #[test]
        fn no_cell_is_a_formula_and_every_text_comes_back(text in "[=+@\\-\t\r\n'\",;a ＝]{0,8}|\\PC{0,20}") {
            let written = write(&sheet(&text));
            let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(&written[3..]);
            let records: Vec<_> = reader.records().map(Result::unwrap).collect();
            let found = records[3].get(1).unwrap();
            prop_assert!(found.strip_prefix('\'').is_some() || !found.starts_with(FORMULA), "{found:?}");
            let ours = found.strip_prefix('\'').unwrap_or(found);
            prop_assert_eq!(ours, text.as_str());
        }
    }
}
