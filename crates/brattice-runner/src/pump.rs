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
}

/// Follows both streams until they end, which they do when every process of the job has.
///
/// One digest over both needs one order: one thread reads, so that what is hashed is what was written.
pub(crate) fn pump(streams: [Stream<'_>; 2], masks: &MaskSet) -> io::Result<Pumped> {
    let mut open: Vec<Open<'_>> =
        streams.into_iter().map(|stream| Open { stream, masker: masks.masker() }).collect();
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
            if count > 0 {
                current.masker.push(buffer.get(..count).unwrap_or_default(), &mut out);
                sink.pass_on(&out, current.stream.to);
                index += 1;
                continue;
            }
            let Open { stream, masker } = open.remove(index);
            let counts = masker.finish(&mut out);
            sink.pass_on(&out, stream.to);
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
    fn pass_on(&mut self, bytes: &[u8], to: &mut (dyn Write + Send)) {
        if bytes.is_empty() {
            return;
        }
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        if self.write_error.is_none() {
            self.write_error = to.write_all(bytes).and_then(|()| to.flush()).err();
        }
    }
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
