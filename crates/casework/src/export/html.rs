//! A copy as a page to read and to print: one file, without script and without anything from elsewhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Part, Sheet};

/// Black on white, rules in dark grey; pages are numbered, rows are not torn apart, headings are repeated.
const STYLE: &str = "
:root { color-scheme: light; }
body { color: #111; background: #fff; font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1.5rem 0; width: 100%; }
caption { font-size: 1.2rem; font-weight: 700; margin-bottom: .5rem; text-align: start; }
th, td { border: 1px solid #595959; padding: .4rem .6rem; text-align: start; vertical-align: top; overflow-wrap: anywhere; white-space: pre-wrap; }
thead th { background: #eee; }
tbody th { font-weight: 400; }
@page { margin: 2cm; @bottom-center { content: \"Page \" counter(page) \" of \" counter(pages); } }
@media print {
  body { font-size: 10pt; margin: 0; max-width: none; padding: 0; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  caption { break-after: avoid; }
}
";
/// Over each page of what is for officers alone.
const CONFIDENTIAL: &str = "@page { @top-right { content: \"Confidential\"; } }\n";

/// The whole page.
pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let main = html! {
        h1 { (sheet.title) }
        @for mark in &sheet.marks { p { (mark) } }
        @for part in &sheet.parts { (table(part, &sheet.columns)) }
    };
    page(&sheet.title, &main, CONFIDENTIAL).into_bytes()
}

/// A page around what is to be read, with some style of its own. It fetches and runs nothing.
pub fn page(title: &str, main: &Markup, style: &str) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Whatever people wrote, nothing is fetched or run.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(style)) }
            }
            body {
                main { (main) }
            }
        }
    };
    page.into_string()
}

fn table(part: &Part, columns: &[&str]) -> Markup {
    html! {
        table {
            caption { (part.heading) }
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody {
                @for row in &part.rows {
                    tr {
                        @for (place, text) in row.iter().enumerate() {
                            @if place == 0 { th scope="row" { (text) } } @else { td { bdi { (text) } } }
                        }
                    }
                }
                @if part.rows.is_empty() { tr { td colspan=(columns.len()) { "Nothing." } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_whole_and_holds_nothing_of_what_people_wrote_as_markup() {
        let hostile = "</td><script>alert(1)</script><img src=\"http://x\">&amp;";
        let sheet = Sheet {
            title: "File B-0001 of The <Tea> Club".to_owned(),
            marks: vec!["Confidential. Taken by sam on 1 March 2027 at 10:00.".to_owned()],
            columns: vec!["Date", "Words"],
            parts: vec![
                Part {
                    heading: "What happened",
                    rows: vec![vec!["1 March 2027".to_owned(), hostile.to_owned()]],
                },
                Part { heading: "What people said", rows: Vec::new() },
            ],
        };
        let page = String::from_utf8(write(&sheet)).unwrap();
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        insta::assert_snapshot!(page.replace(STYLE, "…").replace(CONFIDENTIAL, "").replace("><", ">\n<"));
    }
}
