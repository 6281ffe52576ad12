//! `beadle evaluate FILE…`: measures the filter on labelled texts under the policy of the first group.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use policy::{Disguise, Finding, Verdict};
use serde::{Deserialize, Serialize};

use super::check::{Judge, LINE_LEN_MAX};
use super::{Failure, Problems, say};
use crate::config::Config;
use crate::text_file;

/// How many bad lines are told of: whoever mends the first sees what is left.
const PROBLEMS_TOLD_MAX: usize = 20;
/// The longest file of floors, in bytes.
const FLOORS_LEN_MAX: u64 = 1024 * 1024;
/// The name of stdin among the files.
const STDIN: &str = "-";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Labelled texts, one JSON object a line: {"text", "label": 1 when it must be flagged, else 0, "family"} and, if
    /// known, "base", "span": [start, end] in bytes, "disguise": a name or several, "pair": a number, "group". - is stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Show up to N texts of each family that were judged wrongly
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,

    /// Answer with one JSON object
    #[arg(long)]
    json: bool,

    /// Fail when less than PERCENT of a family, or of a group on average, is found
    #[arg(long, value_name = "KIND=PERCENT")]
    floor: Vec<Bound>,

    /// Fail when more than PERCENT of an innocent family, or of a group on average, is flagged
    #[arg(long, value_name = "KIND=PERCENT")]
    ceiling: Vec<Bound>,

    /// Take floors and ceilings from the tables [floors] and [ceilings] of a TOML file
    #[arg(long, value_name = "FILE")]
    floors: Option<PathBuf>,
}

/// How much of a family must, or may, be flagged.
#[derive(Debug, Clone, PartialEq)]
struct Bound {
    kind: String,
    percent: f64,
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, percent) = text.split_once('=').ok_or("write KIND=PERCENT, such as leet=97.5")?;
        let percent: f64 = percent.parse().map_err(|_| format!("“{percent}” is no number"))?;
        if !(0.0..=100.0).contains(&percent) {
            return Err(format!("{percent} is not between 0 and 100"));
        }
        Ok(Self { kind: kind.to_owned(), percent })
    }
}

/// Floors and ceilings as they are written in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundsFile {
    #[serde(default)]
    floors: BTreeMap<String, f64>,
    #[serde(default)]
    ceilings: BTreeMap<String, f64>,
}

/// One labelled text. Other fields may be there and say nothing to us.
#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    label: u8,
    family: String,
    group: Option<String>,
    base: Option<String>,
    span: Option<(usize, usize)>,
    #[serde(default)]
    disguise: Names,
    pair: Option<u64>,
}

/// What a disguise may be called: nothing, a name, or several that are all right.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Names {
    #[default]
    None,
    One(String),
    Any(Vec<String>),
}

/// A text that can be judged.
#[derive(Debug)]
struct Item {
    text: String,
    offensive: bool,
    family: String,
    group: Option<String>,
    base: Option<String>,
    span: Option<Range<usize>>,
    disguise: Vec<Disguise>,
    pair: Option<u64>,
}

impl Item {
    fn read(line: &str) -> Result<Self, String> {
        let line: Line = serde_json::from_str(line).map_err(|error| {
            let said = error.to_string();
            let said = said.split(" at line ").next().unwrap_or_default().to_owned();
            format!(
                "{said}, at column {}; write {{\"text\": …, \"label\": 0 or 1, \"family\": …}}",
                error.column()
            )
        })?;
        let offensive = match line.label {
            0 => false,
            1 => true,
            other => {
                return Err(format!(
                    "label is {other}; write 1 for a text that must be flagged and 0 for one that must pass"
                ));
            }
        };
        let span = match line.span {
            None => None,
            Some((start, end)) if start < end && line.text.get(start..end).is_some() => Some(start..end),
            Some((start, end)) => {
                return Err(format!(
                    "span [{start}, {end}] is no part of the text; count bytes, from the start of the first character to the end of the last"
                ));
            }
        };
        let names = match line.disguise {
            Names::None => Vec::new(),
            Names::One(name) => vec![name],
            Names::Any(names) => names,
        };
        let known = |name: &String| name.parse().map_err(|error| format!("disguise “{name}” is {error}"));
        let disguise = names.iter().map(known).collect::<Result<Vec<Disguise>, String>>()?;
        let Line { text, family, group, base, pair, .. } = line;
        Ok(Self {
            text,
            offensive,
            family,
            group,
            base: base.filter(|base| !base.is_empty()),
            span,
            disguise,
            pair,
        })
    }
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Share {
    part: usize,
    of: usize,
}

impl Share {
    fn count(&mut self, counts: bool) {
        self.of += 1;
        self.part += usize::from(counts);
    }

    fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| 100.0 * self.part as f64 / self.of as f64)
    }
}

/// `93.33 %`, or `–` for nothing of nothing.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.percent() {
            Some(percent) => f.pad(&format!("{percent:.2} %")),
            None => f.pad("–"),
        }
    }
}

/// A text that was judged wrongly.
#[derive(Debug, Serialize)]
struct Example {
    place: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    /// What was found in an innocent text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    found: Vec<String>,
}

/// What became of one family's texts of one label.
#[derive(Debug, Default)]
struct Family {
    group: Option<String>,
    flagged: Share,
    /// Among the flagged texts whose word's place is known: a finding touches it.
    at: Share,
    /// A finding is exactly there.
    exact: Share,
    /// The finding there names the disguise rightly.
    named: Share,
    examples: Vec<Example>,
}

/// What was measured.
#[derive(Debug, Default)]
struct Measured {
    /// By label and name.
    families: BTreeMap<(bool, String), Family>,
    /// For each pair whether all its texts were judged rightly.
    pairs: BTreeMap<u64, bool>,
}

impl Measured {
    fn count(&mut self, item: Item, verdict: Verdict, findings: &[Finding], place: String, examples: usize) {
        let flagged = verdict >= Verdict::Flag;
        let right = flagged == item.offensive;
        if let Some(pair) = item.pair {
            *self.pairs.entry(pair).or_insert(true) &= right;
        }
        let family = self.families.entry((item.offensive, item.family)).or_default();
        if family.group.is_none() {
            family.group = item.group;
        }
        family.flagged.count(flagged);
        if let (true, true, Some(span)) = (flagged, item.offensive, &item.span) {
            let there: Vec<&Finding> = findings
                .iter()
                .filter(|finding| finding.span.start < span.end && span.start < finding.span.end)
                .collect();
            family.at.count(!there.is_empty());
            family.exact.count(there.iter().any(|finding| finding.span == *span));
            if !item.disguise.is_empty() {
                family.named.count(there.iter().any(|finding| item.disguise.contains(&finding.disguise)));
            }
        } else if flagged && item.offensive && !item.disguise.is_empty() {
            family.named.count(findings.iter().any(|finding| item.disguise.contains(&finding.disguise)));
        }
        if !right && family.examples.len() < examples {
            let found = findings.iter().map(|finding| {
                let Finding { term, span, disguise, .. } = finding;
                format!("{term} {}..{} {disguise}", span.start, span.end)
            });
            let found = if flagged { found.collect() } else { Vec::new() };
            family.examples.push(Example { place, text: item.text, base: item.base, found });
        }
    }

    /// The families of a label with their names, in alphabetical order.
    fn of(&self, offensive: bool) -> impl Iterator<Item = (&str, &Family)> {
        let families = self.families.iter().filter(move |((label, _), _)| *label == offensive);
        families.map(|((_, name), family)| (name.as_str(), family))
    }

    /// The average of families' shares in per cent, and the worst family's name and share.
    fn summary<'m>(
        families: impl Iterator<Item = (&'m str, &'m Family)>,
        offensive: bool,
    ) -> Option<Summary<'m>> {
        let mut summary: Option<Summary<'m>> = None;
        for (name, family) in families {
            let percent = family.flagged.percent()?;
            let all = summary.get_or_insert(Summary {
                families: 0,
                flagged: Share::default(),
                average: 0.0,
                worst: (name, percent),
            });
            all.families += 1;
            all.flagged.of += family.flagged.of;
            all.flagged.part += family.flagged.part;
            all.average += (percent - all.average) / all.families as f64;
            if (percent < all.worst.1) == offensive && percent != all.worst.1 {
                all.worst = (name, percent);
            }
        }
        summary
    }

    /// All texts of a label, then its groups.
    fn summaries(&self, offensive: bool) -> Vec<(String, Summary<'_>)> {
        let mut groups: Vec<&String> =
            self.of(offensive).filter_map(|(_, family)| family.group.as_ref()).collect();
        groups.sort();
        groups.dedup();
        let all = Self::summary(self.of(offensive), offensive).map(|summary| ("all".to_owned(), summary));
        let by_group = groups.into_iter().filter_map(|group| {
            let members = self.of(offensive).filter(|(_, family)| family.group.as_ref() == Some(group));
            Some((group.clone(), Self::summary(members, offensive)?))
        });
        all.into_iter().chain(by_group).collect()
    }

    /// How a bound's family, or group, does.
    fn percent(&self, offensive: bool, kind: &str) -> Option<f64> {
        let family = self.families.get(&(offensive, kind.to_owned()));
        family.and_then(|family| family.flagged.percent()).or_else(|| {
            let groups = self.summaries(offensive);
            groups.iter().skip(1).find(|(group, _)| group == kind).map(|(_, summary)| summary.average)
        })
    }
}

/// Several families together.
#[derive(Debug)]
struct Summary<'m> {
    families: usize,
    flagged: Share,
    average: f64,
    worst: (&'m str, f64),
}

pub(super) fn evaluate(args: &Args, config: &Config) -> Result<(), Failure> {
    let (floors, ceilings) = bounds(args)?;
    let mut judge = Judge::new(config)?;
    let mut measured = Measured::default();
    let mut problems = Problems { heading: "the texts cannot be used".to_owned(), lines: Vec::new() };
    for file in &args.files {
        if let Err(error) = measure(file, args.examples, &mut judge, &mut measured, &mut problems.lines) {
            problems
                .lines
                .push(format!("{}: the file cannot be read ({error}); check its name", file.display()));
        }
    }
    if problems.lines.is_empty() && measured.families.is_empty() {
        problems.lines.push("there is no text in them; give files with one JSON object a line".to_owned());
    }
    if problems.lines.is_empty() {
        unknown_kinds(&measured, &floors, &ceilings, &mut problems);
    }
    let more = problems.lines.len().saturating_sub(PROBLEMS_TOLD_MAX);
    if more > 0 {
        problems.lines.truncate(PROBLEMS_TOLD_MAX);
        problems.lines.push(format!("… and {more} more"));
    }
    if !problems.lines.is_empty() {
        // Nothing is printed: half a measure is read as a whole one.
        return Err(Failure::Input(anyhow::Error::new(problems)));
    }
    let short = shortfalls(&measured, &floors, &ceilings);
    let mut out = BufWriter::new(io::stdout().lock());
    if args.json {
        say(&mut out, json(&measured, &short).map_err(anyhow::Error::from)?)?;
    } else {
        print(&measured, &mut out)?;
    }
    out.flush()?;
    if short.is_empty() {
        return Ok(());
    }
    let heading = "the filter falls short".to_owned();
    Err(Failure::Fault(anyhow::Error::new(Problems { heading, lines: short })))
}

fn bounds(args: &Args) -> Result<(Vec<Bound>, Vec<Bound>), Failure> {
    let (mut floors, mut ceilings) = (args.floor.clone(), args.ceiling.clone());
    if let Some(path) = &args.floors {
        let refused = |line: Option<usize>, what: &str, fix: &str| {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            Failure::Input(anyhow::anyhow!("{}{line}: {what}; {fix}", path.display()))
        };
        let text = text_file::read(path, FLOORS_LEN_MAX)
            .map_err(|refusal| refused(refusal.line, &refusal.what, refusal.fix))?;
        let file: BoundsFile = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| before.matches('\n').count() + 1);
            refused(line, error.message(), "write [floors] and [ceilings] with KIND = PERCENT")
        })?;
        let bound = |(kind, percent)| Bound { kind, percent };
        floors.extend(file.floors.into_iter().map(bound));
        ceilings.extend(file.ceilings.into_iter().map(bound));
    }
    Ok((floors, ceilings))
}

/// Judges a file's texts. Once a line was refused, the others are only looked through for more such lines.
fn measure(
    file: &Path,
    examples: usize,
    judge: &mut Judge,
    measured: &mut Measured,
    problems: &mut Vec<String>,
) -> io::Result<()> {
    let is_stdin = file == Path::new(STDIN);
    let reader: Box<dyn Read> =
        if is_stdin { Box::new(io::stdin().lock()) } else { Box::new(File::open(file)?) };
    let mut input = BufReader::new(reader);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if input.by_ref().take(LINE_LEN_MAX).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let place =
            || format!("{}:{number}", if is_stdin { "stdin".into() } else { file.display().to_string() });
        if line.len() as u64 == LINE_LEN_MAX && !line.ends_with(b"\n") {
            problems.push(format!("{}: the line is longer than {LINE_LEN_MAX} bytes; split it", place()));
            break;
        }
        let read =
            std::str::from_utf8(&line).map_err(|_| "this is not UTF-8; save the file as UTF-8".to_owned());
        // Some editors put a mark before the first line.
        match read.map(|line| line.trim_start_matches('\u{FEFF}').trim()) {
            Ok("") => {}
            text => match text.and_then(Item::read) {
                Ok(item) if problems.is_empty() => {
                    let (verdict, findings) = judge.judge(item.text.clone());
                    measured.count(item, verdict, &findings, place(), examples);
                }
                Ok(_) => {}
                Err(problem) => problems.push(format!("{}: {problem}", place())),
            },
        }
    }
    Ok(())
}

/// A bound on what is not there would hold for ever.
fn unknown_kinds(measured: &Measured, floors: &[Bound], ceilings: &[Bound], problems: &mut Problems) {
    for (bounds, offensive, what) in [(floors, true, "floor"), (ceilings, false, "ceiling")] {
        for bound in bounds.iter().filter(|bound| measured.percent(offensive, &bound.kind).is_none()) {
            let label = u8::from(offensive);
            problems.lines.push(format!(
                "the {what} of {}: no text of label {label} has this family or group; take the {what} away or add texts",
                bound.kind
            ));
        }
    }
}

fn shortfalls(measured: &Measured, floors: &[Bound], ceilings: &[Bound]) -> Vec<String> {
    let below = floors.iter().filter_map(|Bound { kind, percent }| {
        let reached = measured.percent(true, kind)?;
        (reached < *percent).then(|| format!("{kind}: {reached:.2} % found, at least {percent} % wanted"))
    });
    let above = ceilings.iter().filter_map(|Bound { kind, percent }| {
        let reached = measured.percent(false, kind)?;
        (reached > *percent).then(|| format!("{kind}: {reached:.2} % flagged, at most {percent} % wanted"))
    });
    below.chain(above).collect()
}

/// `0`, `3.33 %`, or `0.06 %, 1 in 1667` where per cent say little.
fn rate(share: Share) -> String {
    match (share.part, share.percent()) {
        (0, _) | (_, None) => "0".to_owned(),
        (part, Some(percent)) if percent < 1.0 => format!("{percent:.3} %, 1 in {}", share.of / part),
        (_, Some(percent)) => format!("{percent:.2} %"),
    }
}

/// Writes rows with their columns aligned: the first to the left, the others to the right.
fn table(rows: &[Vec<String>], out: &mut impl Write) -> io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in rows {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line.push_str(&if at == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") });
        }
        say(out, line.trim_end())?;
    }
    Ok(())
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn print(measured: &Measured, out: &mut impl Write) -> io::Result<()> {
    let mut first = true;
    for offensive in [true, false] {
        let families: Vec<_> = measured.of(offensive).collect();
        if families.is_empty() {
            continue;
        }
        if !std::mem::take(&mut first) {
            say(out, "")?;
        }
        let mut rows = vec![if offensive {
            row(["must be flagged", "texts", "found", "recall", "at the word", "exactly", "named"])
        } else {
            row(["must pass", "texts", "flagged", "rate"])
        }];
        for (name, Family { flagged, at, exact, named, .. }) in &families {
            let mut cells = row([name, &flagged.of.to_string(), &flagged.part.to_string()]);
            if offensive {
                cells.extend([*flagged, *at, *exact, *named].map(|share| share.to_string()));
            } else {
                cells.push(rate(*flagged));
            }
            rows.push(cells);
        }
        table(&rows, out)?;
        say(out, "")?;
        let mut rows = vec![row(["together", "families", "texts", "flagged", "average", "worst", "family"])];
        for (name, Summary { families, flagged, average, worst }) in measured.summaries(offensive) {
            let (average, lowest) = (format!("{average:.2} %"), format!("{:.2} %", worst.1));
            let counts = [families, flagged.of, flagged.part].map(|count| count.to_string());
            rows.push(row([&name, &counts[0], &counts[1], &counts[2], &average, &lowest, worst.0]));
        }
        table(&rows, out)?;
    }
    if !measured.pairs.is_empty() {
        let right = measured.pairs.values().filter(|right| **right).count();
        let share = Share { part: right, of: measured.pairs.len() };
        say(out, format_args!("\npairs with both right: {right} of {}, {share}", share.of))?;
    }
    for ((offensive, name), family) in &measured.families {
        if family.examples.is_empty() {
            continue;
        }
        let what = if *offensive { "missed" } else { "wrongly flagged" };
        say(out, format_args!("\n{what} in {name}"))?;
        for Example { place, text, base, found } in &family.examples {
            let base = base.as_ref().map(|base| format!(" ({base})")).unwrap_or_default();
            let found = if found.is_empty() { String::new() } else { format!(": {}", found.join(", ")) };
            // Escaped, so that what nobody sees is seen here and nothing turns the terminal round.
            say(out, format_args!("  {place} {text:?}{base}{found}"))?;
        }
    }
    Ok(())
}

fn json(measured: &Measured, short: &[String]) -> serde_json::Result<String> {
    let families: Vec<serde_json::Value> = measured
        .families
        .iter()
        .map(|((offensive, name), family)| {
            serde_json::json!({
                "family": name,
                "label": u8::from(*offensive),
                "group": family.group,
                "texts": family.flagged.of,
                "flagged": family.flagged.part,
                "percent": family.flagged.percent(),
                "at_percent": family.at.percent(),
                "exact_percent": family.exact.percent(),
                "named_percent": family.named.percent(),
                "examples": family.examples,
            })
        })
        .collect();
    let together: Vec<serde_json::Value> = [true, false]
        .into_iter()
        .flat_map(|offensive| {
            measured.summaries(offensive).into_iter().map(move |summary| (offensive, summary))
        })
        .map(|(offensive, (name, summary))| {
            serde_json::json!({
                "name": name,
                "label": u8::from(offensive),
                "families": summary.families,
                "texts": summary.flagged.of,
                "flagged": summary.flagged.part,
                "average_percent": summary.average,
                "worst_family": summary.worst.0,
                "worst_percent": summary.worst.1,
            })
        })
        .collect();
    let right = measured.pairs.values().filter(|right| **right).count();
    serde_json::to_string(&serde_json::json!({
        "families": families,
        "together": together,
        "pairs": { "right": right, "of": measured.pairs.len() },
        "falls_short": short,
    }))
}
