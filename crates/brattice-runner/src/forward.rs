//! Passes the signals that end a program on to the job, so that the job can end in order and its traces go.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use brattice_sandbox::{JobSignal, JobSignaller};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

/// The signals by which people and machines end a program.
const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Passes signals on while it lives.
pub(crate) struct Forwarder {
    /// Whether the job has ended: from then on a signal does to this process what it does to any other.
    ended: Arc<AtomicBool>,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Forwarder {
    /// Starts a thread that passes signals on: the first as it is, a second one kills the job.
    pub(crate) fn start(job: JobSignaller) -> io::Result<Self> {
        let ended = Arc::new(AtomicBool::new(false));
        for signal in ENDING {
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&ended))?;
        }
        let mut signals = Signals::new(ENDING)?;
        let handle = signals.handle();
        let thread = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for (count, signal) in signals.forever().enumerate() {
                job.signal(match signal {
                    _ if count > 0 => JobSignal::Kill,
                    SIGINT => JobSignal::Interrupt,
                    SIGHUP => JobSignal::HangUp,
                    SIGQUIT => JobSignal::Quit,
                    _ => JobSignal::Terminate,
                });
            }
        })?;
        Ok(Self { ended, handle, thread: Some(thread) })
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // The thread holds nothing that a panic of its own could have spoilt.
            let _ = thread.join();
        }
    }
}
