//! Passes a running job's output on: masked, hashed, in the order in which it came.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};

use brattice_digest::{Sha256, Sha256Hasher};
use brattice_secret::{MaskSet, Masker};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// How much is read from a pipe at once: as much as a pipe holds by default.
const READ_BYTES: usize = 64 << 10;

/// What became of the job's output.
#[derive(Debug)]
pub(crate) struct Pumped {
    /// The digest of everything that was passed on.
    pub(crate) sha256: Sha256,
    /// How many bytes were passed on.
    pub(crate) bytes: u64,
    /// How many masks were written.
    pub(crate) masked: u64,
    /// In how many masked places each secret stood.
    pub(crate) by_name: BTreeMap<String, u64>,
    /// The first failure to write to the caller. The output was drained, masked and hashed all the same.
    pub(crate) write_error: Option<io::Error>,
}

/// One pipe of the job and where it goes.
pub(crate) struct Stream<'a> {
    /// The end of the pipe.
    pub(crate) from: File,
    /// The caller's end.
    pub(crate) to: &'a mut (dyn Write + Send),
}

struct Open<'a> {
    stream: Stream<'a>,
    masker: Masker,
    /// What is written to the caller's end.
    reader: Reader,
}

/// What is known of the caller's end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// It takes what it is given.
    Present,
    /// It failed, as a full disk does: the job goes on without it.
    Failed,
    /// It went away, as with `| head`: nobody wants the rest.
    Gone,
}

/// Follows both streams until they end, which they do when every process of the job has. A stream whose reader
/// went away is closed: the job learns it as every program does that writes into a broken pipe.
///
/// One digest over both needs one order: one thread reads, so that what is hashed is what was written.
pub(crate) fn pump(streams: [Stream<'_>; 2], masks: &MaskSet) -> io::Result<Pumped> {
    let mut open: Vec<Open<'_>> = streams
        .into_iter()
        .map(|stream| Open { stream, masker: masks.masker(), reader: Reader::Present })
        .collect();
    let mut sink = Sink { hasher: Sha256Hasher::new(), bytes: 0, write_error: None };
    let (mut masked, mut by_name) = (0, BTreeMap::<String, u64>::new());
    let mut buffer = vec![0; READ_BYTES];
    let mut ready = Vec::new();
    while !open.is_empty() {
        wait_for_any(&open, &mut ready)?;
        let mut index = 0;
        for is_ready in &ready {
            let Some(current) = open.get_mut(index).filter(|_| *is_ready) else {
                index += 1;
                continue;
            };
            let count = match current.stream.from.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    index += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut out = Vec::with_capacity(count);
            current.masker.push(buffer.get(..count).unwrap_or_default(), &mut out);
            sink.pass_on(&out, current.stream.to, &mut current.reader);
            if count > 0 && current.reader != Reader::Gone {
                index += 1;
                continue;
            }
            // To drop our end of the pipe is to tell the job.
            let Open { stream: Stream { to, .. }, masker, mut reader } = open.remove(index);
            let mut rest = Vec::new();
            let counts = masker.finish(&mut rest);
            sink.pass_on(&rest, to, &mut reader);
            masked += counts.masked;
            for (name, count) in counts.by_name {
                *by_name.entry(name).or_default() += count;
            }
        }
    }
    let Sink { hasher, bytes, write_error } = sink;
    Ok(Pumped { sha256: hasher.finish(), bytes, masked, by_name, write_error })
}

struct Sink {
    hasher: Sha256Hasher,
    bytes: u64,
    write_error: Option<io::Error>,
}

impl Sink {
    /// Passes bytes on and hashes them; of what a reader left behind, only what it had taken.
    fn pass_on(&mut self, bytes: &[u8], to: &mut (dyn Write + Send), reader: &mut Reader) {
        let mut passed = bytes;
        if *reader == Reader::Present
            && let Err((taken, error)) = write_all(bytes, to)
        {
            *reader = Reader::Failed;
            if error.kind() == io::ErrorKind::BrokenPipe {
                *reader = Reader::Gone;
                passed = bytes.get(..taken).unwrap_or_default();
            }
            self.write_error.get_or_insert(error);
        } else if *reader == Reader::Gone {
            return;
        }
        self.hasher.update(passed);
        self.bytes += passed.len() as u64;
    }
}

/// Writes bytes at once; an error tells how many were taken before it.
fn write_all(bytes: &[u8], to: &mut (dyn Write + Send)) -> Result<(), (usize, io::Error)> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut taken = 0;
    while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
        match to.write(rest) {
            Ok(0) => return Err((taken, io::ErrorKind::WriteZero.into())),
            Ok(count) => taken += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((taken, error)),
        }
    }
    to.flush().map_err(|error| (taken, error))
}

/// Waits until at least one stream has something to say, and tells which.
fn wait_for_any(open: &[Open<'_>], ready: &mut Vec<bool>) -> io::Result<()> {
    let mut polled: Vec<PollFd<'_>> =
        open.iter().map(|it| PollFd::new(&it.stream.from, PollFlags::IN)).collect();
    loop {
        match poll(&mut polled, None) {
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    ready.clear();
    ready.extend(polled.iter().map(|it| !it.revents().is_empty()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{self, ErrorKind, Read, Write};

    use brattice_digest::Sha256;
    use brattice_secret::MaskSet;
    use rustix::pipe::{PipeFlags, pipe_with};

    use super::{Pumped, Stream, pump};

    /// Takes so many bytes, and then fails.
    struct Until {
        left: usize,
        taken: Vec<u8>,
        then: ErrorKind,
    }

    impl Write for Until {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(self.left);
            if count == 0 {
                return Err(self.then.into());
            }
            self.left -= count;
            self.taken.extend(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipe() -> (File, File) {
        let (from, to) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        (from.into(), to.into())
    }

    /// Pumps what a job writes to its output while the reader of it fails, and a word on the other stream
    /// after that; tells how the job's writing ended too.
    fn pump_into(out: &mut Until, bytes: u64) -> (Pumped, Vec<u8>, io::Result<u64>) {
        let ((from_out, mut to_out), (from_err, mut to_err)) = (pipe(), pipe());
        let job = std::thread::spawn(move || {
            let result = io::copy(&mut io::repeat(b'y').take(bytes), &mut to_out);
            to_err.write_all(b"still here").unwrap();
            result
        });
        let mut err = Vec::new();
        let streams = [Stream { from: from_out, to: out }, Stream { from: from_err, to: &mut err }];
        let pumped = pump(streams, &MaskSet::new(&[])).unwrap();
        (pumped, err, job.join().unwrap())
    }

    #[test]
    fn a_job_whose_reader_went_away_is_told_and_its_other_stream_goes_on() {
        let mut out = Until { left: 5, taken: Vec::new(), then: ErrorKind::BrokenPipe };
        let (pumped, err, job) = pump_into(&mut out, u64::MAX);
        assert_eq!(job.unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!((out.taken.as_slice(), err.as_slice()), (&b"yyyyy"[..], &b"still here"[..]));
        // The digest is of what was passed on, not of what was read ahead.
        assert_eq!((pumped.sha256, pumped.bytes), (Sha256::of(b"yyyyystill here"), 15));
        assert_eq!(pumped.write_error.unwrap().kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_job_whose_reader_fails_otherwise_is_heard_to_its_end() {
        let mut out = Until { left: 5, taken: Vec::new(), then: ErrorKind::StorageFull };
        let (pumped, err, job) = pump_into(&mut out, 1_000_000);
        assert_eq!(job.unwrap(), 1_000_000);
        assert_eq!(err, b"still here");
        assert_eq!(pumped.bytes, 1_000_010);
        assert_eq!(pumped.write_error.unwrap().kind(), ErrorKind::StorageFull);
    }
}
