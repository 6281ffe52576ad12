//! `beadle check`: judges lines from stdin under the policy of the first group, and changes nothing.

use std::fmt;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use anyhow::anyhow;
use policy::matcher::TEXT_LEN_MAX;
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
}

pub(super) fn check(args: &Args, config: &Config) -> Result<(), Failure> {
    let judge = Judge::new(config)?;
    let input = BufReader::with_capacity(BUFFER_LEN, io::stdin().lock());
    let mut output = BufWriter::with_capacity(BUFFER_LEN, io::stdout().lock());
    let ended = judge.judge_lines(args.jsonl, input, &mut output);
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
        jsonl: bool,
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
            let text = read_line(&line, jsonl)
                .map_err(|problem| Failure::Input(anyhow!("line {number} of the input {problem}")))?;
            if text.len() > TEXT_LEN_MAX {
                tracing::warn!("line {number} is long: its first {TEXT_LEN_MAX} bytes are judged");
            }
            let (verdict, findings) = self.judge(text);
            if jsonl {
                let answer = serde_json::to_string(&Answer::new(verdict, &findings));
                say(output, answer.map_err(anyhow::Error::from)?)?;
            } else {
                say(output, Plain(verdict, &findings))?;
            }
        }
        Ok(())
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

impl<'f> Answer<'f> {
    fn new(verdict: Verdict, findings: &'f [Finding]) -> Self {
        let found = |finding: &'f Finding| Found {
            term: &finding.term,
            grade: finding.grade.word(),
            category: finding.category.word(),
            start: finding.span.start,
            end: finding.span.end,
            disguise: finding.disguise.word(),
        };
        Self { verdict, findings: findings.iter().map(found).collect() }
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
