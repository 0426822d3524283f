//! Reading blobs through one running `git cat-file --batch`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout, Stdio};

use brattice_digest::{Sha256, Sha256Hasher};

use crate::git::{GitError, ObjectId, Reaped, Repository};

/// How many objects are asked for before the first answer is read. As many names as fit into the smallest pipe
/// (one page): with more, git and we could each wait for the other to read.
const REQUESTS_AHEAD_MAX: usize = 4_096 / 65;

/// A running `git cat-file --batch`.
#[derive(Debug)]
pub struct Objects {
    // Fields drop in this order: closing the pipes first lets git end by itself.
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    _child: Reaped,
}

impl Objects {
    pub(crate) fn start(repository: &Repository) -> Result<Self, GitError> {
        let spawn = |source| GitError::Spawn { action: "cat-file", source };
        let mut command = repository.command();
        command.args(["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = Reaped(command.spawn().map_err(spawn)?);
        let (Some(requests), Some(answers)) = (child.0.stdin.take(), child.0.stdout.take()) else {
            return Err(GitError::Unreadable { action: "cat-file" });
        };
        Ok(Self { requests, answers: BufReader::with_capacity(1 << 16, answers), _child: child })
    }

    /// Reads a blob of at most `bytes_max` bytes, piece by piece, and returns its length.
    ///
    /// After an error the reader is of no more use, since its answers may no longer match the requests.
    pub fn read(
        &mut self,
        object: &ObjectId,
        bytes_max: u64,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<u64, GitError> {
        self.request(&[object])?;
        self.answer(object, bytes_max, take)
    }

    /// Hashes the content of blobs. Requests go ahead of the answers, so that git never waits for the next.
    pub fn digests(&mut self, objects: &[&ObjectId]) -> Result<Vec<Sha256>, GitError> {
        let mut digests = Vec::with_capacity(objects.len());
        for batch in objects.chunks(REQUESTS_AHEAD_MAX) {
            self.request(batch)?;
            for object in batch {
                let mut hasher = Sha256Hasher::new();
                self.answer(object, u64::MAX, &mut |chunk| hasher.update(chunk))?;
                digests.push(hasher.finish());
            }
        }
        Ok(digests)
    }

    /// Asks for objects: no more than a pipe takes while nobody reads.
    fn request(&mut self, objects: &[&ObjectId]) -> Result<(), GitError> {
        let mut lines = String::new();
        for object in objects {
            lines.push_str(object.as_str());
            lines.push('\n');
        }
        let object = objects.first().map_or("", |it| it.as_str());
        self.requests.write_all(lines.as_bytes()).map_err(|error| broken(error, object))
    }

    fn answer(
        &mut self,
        object: &ObjectId,
        bytes_max: u64,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<u64, GitError> {
        let action = "cat-file";
        let missing = || GitError::MissingObject { object: object.as_str().to_owned() };
        let broken = |source: io::Error| broken(source, object.as_str());
        let mut header = Vec::new();
        (&mut self.answers).take(256).read_until(b'\n', &mut header).map_err(broken)?;
        let header = header.strip_suffix(b"\n").ok_or_else(missing)?;
        let mut words = header.split(|it| *it == b' ');
        if words.next() != Some(object.as_str().as_bytes()) {
            return Err(GitError::Unreadable { action });
        }
        let length = match (words.next(), words.next()) {
            (Some(b"blob"), Some(length)) => std::str::from_utf8(length).ok().and_then(|it| it.parse().ok()),
            (Some(b"missing"), _) => return Err(missing()),
            _ => None,
        };
        let length: u64 = length.ok_or(GitError::Unreadable { action })?;
        if length > bytes_max {
            return Err(GitError::TooLarge { action, bytes_max });
        }
        self.pass_on(length, take).map_err(broken)?;
        Ok(length)
    }

    fn pass_on(&mut self, length: u64, take: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let buffered = self.answers.fill_buf()?;
            if buffered.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let count = buffered.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            take(buffered.get(..count).unwrap_or_default());
            self.answers.consume(count);
            left -= count as u64;
        }
        let mut end = [0];
        self.answers.read_exact(&mut end)?;
        if end == *b"\n" { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
    }
}

/// Git dies on an object that it finds damaged, so that a broken pipe says just that.
fn broken(source: io::Error, object: &str) -> GitError {
    match source.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            GitError::MissingObject { object: object.to_owned() }
        }
        _ => GitError::Spawn { action: "cat-file", source },
    }
}
