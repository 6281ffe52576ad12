//! A sheet as a page, in the frame of the copies that officers take.

use casework::export::page;
use maud::{Markup, html};

use super::{Block, Sheet, pieces};

/// Lines as long as they are read best, and parts that can be handed out by themselves.
const STYLE: &str =
    "p, ul { max-width: 45rem; } @media print { h2 { break-before: page; } h3 { break-after: avoid; } }\n";

pub(super) fn write(sheet: &Sheet) -> String {
    let main = html! {
        h1 { (text(&sheet.title)) }
        @for block in &sheet.blocks { (self::block(block)) }
    };
    page(&sheet.title, &main, STYLE) + "\n"
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Part(heading) => html! { h2 { (text(heading)) } },
        Block::Heading(heading) => html! { h3 { (text(heading)) } },
        Block::Words(words) => html! { p { (text(words)) } },
        Block::List(items) => html! { ul { @for item in items { li { (text(item)) } } } },
        Block::Table { columns, rows } => html! {
            table {
                thead { tr { @for column in *columns { th scope="col" { (text(column)) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (place, cell) in row.iter().enumerate() {
                                @if place == 0 { th scope="row" { (text(cell)) } } @else { td { (text(cell)) } }
                            }
                        }
                    }
                }
            }
        },
    }
}

fn text(text: &str) -> Markup {
    html! {
        @for (typed, piece) in pieces(text) {
            @if typed { code { (piece) } } @else { (piece) }
        }
    }
}
