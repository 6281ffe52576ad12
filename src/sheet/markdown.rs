//! A sheet as Markdown. What people wrote in the configuration is no markup.

use super::{Block, Sheet, pieces};

pub(super) fn write(sheet: &Sheet) -> String {
    let mut parts = vec![format!("# {}", text(&sheet.title))];
    parts.extend(sheet.blocks.iter().map(block));
    parts.join("\n\n") + "\n"
}

fn block(block: &Block) -> String {
    match block {
        Block::Part(heading) => format!("## {}", text(heading)),
        Block::Heading(heading) => format!("### {}", text(heading)),
        Block::Words(words) => text(words),
        Block::List(items) => {
            items.iter().map(|item| format!("- {}", text(item))).collect::<Vec<_>>().join("\n")
        }
        Block::Table { columns, rows } => table(columns, rows),
    }
}

/// A table alone, for documents that hold one.
pub(super) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let head: Vec<String> = columns.iter().map(|column| text(column)).collect();
    let rule: Vec<String> = columns.iter().map(|_| "---".to_owned()).collect();
    let mut lines = vec![line(&head), line(&rule)];
    for row in rows {
        lines.push(line(&row.iter().map(|cell| text(cell)).collect::<Vec<_>>()));
    }
    lines.join("\n")
}

fn text(text: &str) -> String {
    let escaped = |piece: &str| {
        let mut out = String::with_capacity(piece.len());
        for c in piece.chars() {
            if matches!(c, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '&' | '#' | '~') {
                out.push('\\');
            }
            out.push(c);
        }
        out
    };
    let mut out = String::new();
    for (typed, piece) in pieces(text) {
        // Within code nothing is escaped but the bar that would end a cell.
        let written = if typed { format!("`{}`", piece.replace('|', "\\|")) } else { escaped(piece) };
        out.push_str(&written);
    }
    out
}
