//! What the first process of a sandbox tells its launcher: one packet each over a private socket.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use crate::step::{Failure, Step};
use crate::{Guarantee, JobExit};

/// Bytes of what a failure is about: a path of the usual longest kind.
const DETAIL_BYTES_MAX: usize = 4096;

/// Bytes of one packet: a detail and a few numbers.
const PACKET_BYTES_MAX: usize = DETAIL_BYTES_MAX + 64;

/// One packet.
#[derive(Debug)]
pub(crate) enum Message {
    /// The job runs; these guarantees were seen to hold. Two descriptors come along.
    Ready(Facts),
    /// The start failed.
    Failed(Failure),
    /// The job ended.
    Ended(JobExit),
}

/// The guarantees that were checked and held, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Facts(u16);

impl Facts {
    /// Notes that a guarantee holds.
    pub(crate) fn add(&mut self, guarantee: Guarantee) {
        self.0 |= 1 << guarantee as u16;
    }

    /// Returns whether a guarantee was noted.
    pub(crate) fn holds(self, guarantee: Guarantee) -> bool {
        self.0 & (1 << guarantee as u16) != 0
    }

    /// Returns what either noted.
    pub(crate) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Message {
    /// Returns the bytes of the packet.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Ready(facts) => {
                let [low, high] = facts.0.to_le_bytes();
                vec![b'R', low, high]
            }
            Self::Failed(failure) => {
                let mut bytes = vec![b'F', failure.step.number()];
                bytes.extend(failure.errno.to_le_bytes());
                // Cut between two characters: the other side takes text only.
                let end = failure.detail.floor_char_boundary(DETAIL_BYTES_MAX);
                bytes.extend(failure.detail.bytes().take(end));
                bytes
            }
            Self::Ended(exit) => {
                let (kind, value) = match *exit {
                    JobExit::Code(code) => (0, code),
                    JobExit::Signal(signal) => (1, signal),
                    JobExit::Timeout => (2, 0),
                    JobExit::NotFound => (3, 0),
                    JobExit::CannotExecute(errno) => (4, errno),
                    JobExit::Lost => (5, 0),
                };
                let mut bytes = vec![b'E', kind];
                bytes.extend(i32::to_le_bytes(value));
                bytes
            }
        }
    }

    /// Reads a packet; `None` if it is not one of ours. What can be read has one spelling.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'R', low, high] => Some(Self::Ready(Facts(u16::from_le_bytes([*low, *high])))),
            [b'F', step, a, b, c, d, detail @ ..] if detail.len() <= DETAIL_BYTES_MAX => {
                Some(Self::Failed(Failure {
                    step: Step::from_number(*step)?,
                    errno: i32::from_le_bytes([*a, *b, *c, *d]),
                    // We write text only; a replacement for what is none would be a second spelling.
                    detail: std::str::from_utf8(detail).ok()?.to_owned(),
                }))
            }
            [b'E', kind, a, b, c, d] => {
                let value = i32::from_le_bytes([*a, *b, *c, *d]);
                Some(Self::Ended(match (kind, value) {
                    (0, code) => JobExit::Code(code),
                    (1, signal) => JobExit::Signal(signal),
                    (2, 0) => JobExit::Timeout,
                    (3, 0) => JobExit::NotFound,
                    (4, errno) => JobExit::CannotExecute(errno),
                    (5, 0) => JobExit::Lost,
                    _ => return None,
                }))
            }
            _ => None,
        }
    }
}

/// Sends a packet, with descriptors if there are any.
pub(crate) fn send(
    socket: BorrowedFd<'_>,
    message: &Message,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = message.encode();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::from_raw_os_error(libc::E2BIG));
    }
    // A launcher that is gone must not end us by a signal before we cleaned up.
    sendmsg(socket, &[IoSlice::new(&bytes)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Receives a packet; `None` at the end.
pub(crate) fn receive(socket: &OwnedFd) -> io::Result<Option<(Message, Vec<OwnedFd>)>> {
    let mut bytes = [0; PACKET_BYTES_MAX];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        match recvmsg(
            socket.as_fd(),
            &mut [IoSliceMut::new(&mut bytes)],
            &mut control,
            RecvFlags::CMSG_CLOEXEC,
        ) {
            Err(rustix::io::Errno::INTR) => {}
            other => break other?,
        }
    };
    let descriptors = control
        .drain()
        .filter_map(|it| match it {
            RecvAncillaryMessage::ScmRights(list) => Some(list),
            _ => None,
        })
        .flatten()
        .collect();
    if received.bytes == 0 {
        return Ok(None);
    }
    let packet = bytes.get(..received.bytes).filter(|_| !received.flags.contains(ReturnFlags::TRUNC));
    match packet.and_then(Message::decode) {
        Some(message) => Ok(Some((message, descriptors))),
        None => Err(io::Error::from_raw_os_error(libc::EBADMSG)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{DETAIL_BYTES_MAX, Facts, Message, PACKET_BYTES_MAX};
    use crate::step::{Failure, Step};
    use crate::{Guarantee, JobExit};

    #[test]
    fn packets_read_back_and_foreign_bytes_do_not() {
        let mut facts = Facts::default();
        facts.add(Guarantee::Cleanup);
        facts.add(Guarantee::Filesystem);
        let failure = Failure { step: Step::Overlay, errno: 22, detail: "/a b".to_owned() };
        for message in [
            Message::Ready(facts),
            Message::Failed(failure),
            Message::Ended(JobExit::Signal(9)),
            Message::Ended(JobExit::Code(255)),
        ] {
            let bytes = message.encode();
            let again = Message::decode(&bytes).map(|it| it.encode());
            assert_eq!(again, Some(bytes));
        }
        assert!(facts.holds(Guarantee::Cleanup) && !facts.holds(Guarantee::Network));
        for bad in [
            &b""[..],
            b"R",
            b"F\xff\0\0\0\0",
            b"E\x09\0\0\0\0",
            b"E\0\0",
            b"X123456",
            // A time limit has no number.
            b"E\x02\x01\0\0\0",
            // No text; and a text only together with the number before it.
            b"F\x01\0\0\0\0\xff",
            b"F\x01\0\0\0\xc3\xa9",
        ] {
            assert!(Message::decode(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_long_detail_is_cut_between_characters() {
        let detail = format!("x{}", "\u{e9}".repeat(DETAIL_BYTES_MAX));
        let bytes = Message::Failed(Failure { step: Step::Overlay, errno: 22, detail }).encode();
        assert!(bytes.len() <= PACKET_BYTES_MAX);
        let Some(Message::Failed(read)) = Message::decode(&bytes) else { panic!("it is one of ours") };
        assert_eq!(read.detail.len(), DETAIL_BYTES_MAX - 1);
        let longer = [bytes, b"12".to_vec()].concat();
        assert!(Message::decode(&longer).is_none());
    }

    proptest! {
        #[test]
        fn what_can_be_read_is_written_the_same(
            tag in proptest::sample::select(b"RFEX".to_vec()),
            number in 0_u8..30,
            rest in proptest::collection::vec(any::<u8>(), 0..8),
        ) {
            let bytes = [&[tag, number][..], &rest].concat();
            if let Some(message) = Message::decode(&bytes) {
                assert_eq!(message.encode(), bytes);
            }
        }
    }

    #[test]
    fn every_step_keeps_its_number() {
        let steps: Vec<Step> = (0..=u8::MAX).filter_map(Step::from_number).collect();
        assert_eq!(steps.len(), 22);
        assert!(steps.iter().all(|it| Step::from_number(it.number()) == Some(*it)));
    }
}
