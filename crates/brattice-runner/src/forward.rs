//! Passes the signals that end a program on to the job, so that the job can end in order and its traces go.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use brattice_sandbox::{GRACE_DEFAULT, JobSignal, JobSignaller};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

/// The signals by which people and machines end a program.
const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Passes signals on while it lives.
pub(crate) struct Forwarder {
    /// Whether the job has ended: from then on a signal does to this process what it does to any other.
    ended: Arc<AtomicBool>,
    killed: Arc<AtomicBool>,
    handle: Handle,
    threads: Vec<JoinHandle<()>>,
}

impl Forwarder {
    /// Starts to pass signals on: the first as it is; a second one kills the job, and so does a grace without
    /// its end, for a job that ignores the first or is stopped.
    pub(crate) fn start(job: JobSignaller) -> io::Result<Self> {
        let (ended, killed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        for signal in ENDING {
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&ended))?;
        }
        let mut signals = Signals::new(ENDING)?;
        let handle = signals.handle();
        let mut forwarder =
            Self { ended, killed: Arc::clone(&killed), handle, threads: Vec::with_capacity(2) };
        let (sender, receiver) = channel();
        forwarder.spawn("signals", move || {
            for signal in signals.forever() {
                if sender.send(signal).is_err() {
                    // The job was killed; there is nothing more to tell it.
                    return;
                }
            }
        })?;
        forwarder.spawn("grace", move || {
            pass_on(&receiver, GRACE_DEFAULT, |signal| {
                if signal == JobSignal::Kill {
                    killed.store(true, Ordering::SeqCst);
                }
                job.signal(signal);
            });
        })?;
        Ok(forwarder)
    }

    /// Returns whether the job was killed, or would have been had it not ended at that moment.
    pub(crate) fn has_killed(&self) -> bool {
        self.killed.load(Ordering::SeqCst)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        self.threads.push(std::thread::Builder::new().name(name.to_owned()).spawn(work)?);
        Ok(())
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Ends the first thread, which hangs up on the second.
        self.handle.close();
        for thread in self.threads.drain(..) {
            // The threads hold nothing that a panic of their own could have spoilt.
            let _ = thread.join();
        }
    }
}

/// Tells the job about the first signal, and kills it at the second or when the grace is over, whichever is
/// first. Returns early when nobody is left to send.
fn pass_on(signals: &Receiver<i32>, grace: Duration, tell: impl Fn(JobSignal)) {
    let Ok(first) = signals.recv() else { return };
    tell(match first {
        SIGINT => JobSignal::Interrupt,
        SIGHUP => JobSignal::HangUp,
        SIGQUIT => JobSignal::Quit,
        _ => JobSignal::Terminate,
    });
    match signals.recv_timeout(grace) {
        Ok(_) | Err(RecvTimeoutError::Timeout) => tell(JobSignal::Kill),
        Err(RecvTimeoutError::Disconnected) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use signal_hook::consts::{SIGINT, SIGTERM};

    use super::{JobSignal, pass_on};

    /// Longer than any test runs: what comes earlier did not wait for it.
    const FOREVER: Duration = Duration::from_hours(24);

    fn told(signals: &[i32], stays: bool, grace: Duration) -> Vec<JobSignal> {
        let (sender, receiver) = channel();
        for signal in signals {
            sender.send(*signal).unwrap();
        }
        let sender = stays.then_some(sender);
        let told = RefCell::new(Vec::new());
        pass_on(&receiver, grace, |signal| told.borrow_mut().push(signal));
        drop(sender);
        told.into_inner()
    }

    #[test]
    fn a_kill_follows_a_second_signal_or_the_end_of_the_grace_and_nothing_else() {
        assert_eq!(told(&[SIGTERM, SIGTERM], true, FOREVER), [JobSignal::Terminate, JobSignal::Kill]);
        assert_eq!(told(&[SIGINT], true, Duration::ZERO), [JobSignal::Interrupt, JobSignal::Kill]);
        assert_eq!(told(&[SIGINT], false, FOREVER), [JobSignal::Interrupt]);
        assert_eq!(told(&[], false, Duration::ZERO), []);
    }
}
