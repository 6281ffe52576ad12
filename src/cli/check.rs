//! `beadle check`: judges lines from stdin under the policy of the first group, and changes nothing.

use std::fmt;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use anyhow::anyhow;
use policy::matcher::{Context, Hit, TEXT_LEN_MAX};
use policy::{
    ChannelId, Disguise, Finding, GroupId, Matcher, MemberId, MessageText, Policy, Post, PostId, PostKind,
    Surface, SurfaceKind, Timestamp, Verdict,
};
use serde::Serialize;

use super::{Failure, Problems, say};
use crate::config::Config;
use crate::lists::Lists;

/// The longest line that is read, in bytes. Whoever sends more has sent something else than lines.
pub(super) const LINE_LEN_MAX: u64 = 16 * 1024 * 1024;
const BUFFER_LEN: usize = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Each line is a JSON string, and so is each answer: {"verdict", "findings": [{"term", "grade", "category",
    /// "start", "end", "disguise"}]}, with offsets in bytes of the string
    #[arg(long)]
    jsonl: bool,
    /// Also tell of each word that is listed or seemed to be, and of those that were found innocent, how it was read and
    /// what spoke for and against it; with `--jsonl` as "explained" of the answer
    #[arg(long)]
    explain: bool,
}

pub(super) fn check(args: &Args, config: &Config) -> Result<(), Failure> {
    let judge = Judge::new(config)?;
    let input = BufReader::with_capacity(BUFFER_LEN, io::stdin().lock());
    let mut output = BufWriter::with_capacity(BUFFER_LEN, io::stdout().lock());
    let ended = judge.judge_lines(args, input, &mut output);
    // Also when a line was refused: what came before it has its answer.
    output.flush()?;
    ended
}

/// The lists in force and the policy of the first group, ready to judge texts.
pub(super) struct Judge {
    matcher: Matcher,
    policy: Policy,
    post: Post,
}

impl Judge {
    pub(super) fn new(config: &Config) -> Result<Self, Failure> {
        let group = config.groups.first().ok_or_else(|| anyhow!("the configuration has no group"))?;
        let lists = Lists::load(&config.wordlists).map_err(|problems| Problems::in_wordlists(&problems))?;
        let matcher = Matcher::new(&lists.wordlists).map_err(|problems| Problems::in_wordlists(&problems))?;
        Ok(Self { matcher, policy: group.charter.policy.clone(), post: blank_post()? })
    }

    fn judge_lines<R: Read>(
        mut self,
        args: &Args,
        mut input: BufReader<R>,
        output: &mut impl Write,
    ) -> Result<(), Failure> {
        let mut line = Vec::new();
        for number in 1.. {
            // Waiting for more input is the moment to show what there is: whoever writes one line and reads one
            // answer is never kept waiting, and a long file is not written out line by line.
            if !input.buffer().contains(&b'\n') {
                output.flush()?;
            }
            line.clear();
            if input.by_ref().take(LINE_LEN_MAX).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let text = read_line(&line, args.jsonl)
                .map_err(|problem| Failure::Input(anyhow!("line {number} of the input {problem}")))?;
            if text.len() > TEXT_LEN_MAX {
                tracing::warn!("line {number} is long: its first {TEXT_LEN_MAX} bytes are judged");
            }
            let hits = if args.explain { self.explain(&text) } else { Vec::new() };
            let explained = args.explain.then(|| self.explained(&text, &hits));
            let (verdict, findings) = self.judge(text.clone());
            if args.jsonl {
                let answer = serde_json::to_string(&Answer::new(verdict, &findings, explained));
                say(output, answer.map_err(anyhow::Error::from)?)?;
                continue;
            }
            say(output, Plain(verdict, &findings))?;
            for found in explained.iter().flatten() {
                say(output, found)?;
            }
        }
        Ok(())
    }

    /// What a text holds or seemed to hold.
    fn explain(&self, text: &str) -> Vec<Hit> {
        self.matcher.explain(text, Context { directed: self.post.directed })
    }

    /// The same with what the policy says of each.
    fn explained<'h>(&self, text: &'h str, hits: &'h [Hit]) -> Vec<Explained<'h>> {
        let tell = |hit: &'h Hit| {
            let Hit { finding, explanation } = hit;
            let measure = self.policy.measure(finding.grade, finding.category, finding.directed);
            Explained {
                found: Found::new(finding),
                text: &text[finding.span.clone()],
                counts: explanation.accepted,
                measure: explanation.accepted.then(|| measure.to_string()),
                view: explanation.view.word(),
                disguises: explanation.disguises.iter().map(|disguise| disguise.word()).collect(),
                in_favour: explanation.in_favour().collect(),
                against: explanation.against().collect(),
                lines: explanation.lines().collect(),
            }
        };
        hits.iter().map(tell).collect()
    }

    /// What the policy says of a text, and why.
    pub(super) fn judge(&mut self, text: String) -> (Verdict, Vec<Finding>) {
        let text = MessageText::new(text);
        self.post.surfaces = vec![Surface { kind: SurfaceKind::Body, text }];
        let findings = self.matcher.assess(&self.post);
        (self.policy.judge(&findings, &self.post).verdict, findings)
    }
}

/// A post with no words in it yet, that answers nobody.
fn blank_post() -> anyhow::Result<Post> {
    const NAME: &str = "check";
    let made = || {
        Some(Post {
            group: GroupId::new(NAME)?,
            channel: ChannelId::new(NAME)?,
            id: PostId::new(NAME)?,
            revision: 0,
            author: MemberId::new(NAME)?,
            author_name: MessageText::default(),
            kind: PostKind::Message,
            written_at: Timestamp::EPOCH,
            surfaces: Vec::new(),
            answers: None,
            directed: false,
            addressed: Vec::new(),
            forwards: None,
            promised: false,
        })
    };
    made().ok_or_else(|| anyhow!("`{NAME}` is no id"))
}

fn read_line(line: &[u8], jsonl: bool) -> Result<String, String> {
    let ended = line.last() == Some(&b'\n');
    if !ended && line.len() as u64 == LINE_LEN_MAX {
        return Err(format!("is longer than {LINE_LEN_MAX} bytes"));
    }
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = if ended { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
    let text = std::str::from_utf8(line).map_err(|error| format!("is not UTF-8: {error}"))?;
    // Some editors put a mark before the first line.
    let text = text.strip_prefix('\u{FEFF}').filter(|_| jsonl).unwrap_or(text);
    if jsonl {
        // The position that serde_json names is within this line, which is named already.
        serde_json::from_str(text).map_err(|error| {
            let column = error.column();
            let said = error.to_string();
            let said = said.split(" at line ").next().unwrap_or_default();
            format!("is not a JSON string: {said}, at column {column}")
        })
    } else {
        Ok(text.to_owned())
    }
}

#[derive(Serialize)]
struct Answer<'f> {
    verdict: Verdict,
    findings: Vec<Found<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<Vec<Explained<'f>>>,
}

#[derive(Serialize)]
struct Found<'f> {
    term: &'f str,
    grade: &'static str,
    category: &'static str,
    start: usize,
    end: usize,
    disguise: &'static str,
}

impl<'f> Found<'f> {
    fn new(finding: &'f Finding) -> Self {
        Self {
            term: &finding.term,
            grade: finding.grade.word(),
            category: finding.category.word(),
            start: finding.span.start,
            end: finding.span.end,
            disguise: finding.disguise.word(),
        }
    }
}

impl<'f> Answer<'f> {
    fn new(verdict: Verdict, findings: &'f [Finding], explained: Option<Vec<Explained<'f>>>) -> Self {
        Self { verdict, findings: findings.iter().map(Found::new).collect(), explained }
    }
}

/// One hit with what was weighed.
#[derive(Serialize)]
struct Explained<'h> {
    #[serde(flatten)]
    found: Found<'h>,
    text: &'h str,
    counts: bool,
    /// What the policy does about it, if it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<String>,
    view: &'static str,
    disguises: Vec<&'static str>,
    #[serde(rename = "for")]
    in_favour: Vec<&'static str>,
    against: Vec<&'static str>,
    #[serde(skip)]
    lines: Vec<String>,
}

/// `  “w4nker” 13..19 is wanker (strong sexual): hide`, with the witnesses below it.
impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Found { term, grade, category, start, end, .. } = self.found;
        let measure = self.measure.as_deref().unwrap_or("innocent");
        // Whatever stands between its letters, it stays on its line.
        let text: String = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        write!(f, "  “{text}” {start}..{end}, {term} ({grade} {category}): {measure}")?;
        self.lines.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

/// `delete  fuck (strongest general) 7..11 leet, …`, or `allow`.
struct Plain<'f>(Verdict, &'f [Finding]);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(verdict, findings) = self;
        if findings.is_empty() {
            return write!(f, "{verdict}");
        }
        write!(f, "{verdict:<6}")?;
        for (index, finding) in findings.iter().enumerate() {
            let Finding { term, grade, category, span, disguise, .. } = finding;
            f.write_str(if index == 0 { "  " } else { ", " })?;
            write!(f, "{term} ({grade} {category}) {}..{}", span.start, span.end)?;
            if *disguise != Disguise::None {
                write!(f, " {disguise}")?;
            }
        }
        Ok(())
    }
}
