//! Times such as `90s`, `30m`, `24h` or `7d`, in policies and on the command line.

use std::time::Duration;

/// A text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not a number and a unit.
    #[error("expected a number and a unit, as in 90s, 30m, 24h or 7d")]
    Form,
    /// Nothing can be zero seconds old or last zero seconds.
    #[error("the time is zero")]
    Zero,
    /// Too many seconds for 64 bits.
    #[error("the time is too long")]
    TooLong,
}

/// Reads a time: a whole number and one of `s`, `m`, `h`, `d`.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let unit = text.chars().next_back().ok_or(DurationError::Form)?;
    let digits = text.strip_suffix(unit).ok_or(DurationError::Form)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(DurationError::Form),
    };
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return Err(DurationError::Form);
    }
    let count: u64 = digits.parse().map_err(|_| DurationError::TooLong)?;
    match count.checked_mul(seconds) {
        Some(0) => Err(DurationError::Zero),
        // Half of what a signed 64-bit time holds, so that adding one to a time cannot overflow.
        Some(seconds) if seconds < (1 << 40) => Ok(Duration::from_secs(seconds)),
        _ => Err(DurationError::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{DurationError, parse_duration};

    #[test]
    fn only_a_number_and_a_unit_is_a_time() {
        assert_eq!(parse_duration("7d"), Ok(Duration::from_hours(7 * 24)));
        assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
        for bad in ["", "7", "d", "-7d", "+7d", "7 d", "1.5h", "7w", "7dd", "７d"] {
            assert_eq!(parse_duration(bad), Err(DurationError::Form), "{bad}");
        }
        assert_eq!(parse_duration("0h"), Err(DurationError::Zero));
        assert_eq!(parse_duration("99999999999999999999d"), Err(DurationError::TooLong));
    }
}
