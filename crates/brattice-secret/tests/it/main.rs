//! The masker at its boundary: streams in, streams out.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use brattice_redact::{MASK, Secret};
use brattice_secret::{MaskCounts, MaskSet, Masker, RejectedReason, SECRET_BYTES_MAX};
use proptest::prelude::*;

const TOKEN: &str = "hunter2-correct-horse";

fn set(values: &[&str]) -> MaskSet {
    let secrets: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(index, value)| (format!("S{index}"), Secret::from((*value).to_owned())))
        .collect();
    MaskSet::new(&secrets)
}

#[track_caller]
fn check(values: &[&str], input: &str, expected: &str) {
    let set = set(values);
    assert_eq!(set.rejected(), []);
    assert_eq!(String::from_utf8_lossy(&set.mask(input.as_bytes())), expected);
    // One byte at a time is the hardest way to cut.
    let mut masker = set.masker();
    let mut out = Vec::new();
    for byte in input.as_bytes() {
        masker.push(&[*byte], &mut out);
    }
    masker.finish(&mut out);
    assert_eq!(String::from_utf8_lossy(&out), expected, "byte by byte");
}

#[test]
fn the_plain_value_is_masked_and_the_rest_stays() {
    check(&[TOKEN], "a hunter2-correct-horse b\n", "a *** b\n");
    check(&[TOKEN], "hunter2-correct-hors", "hunter2-correct-hors");
    check(&[TOKEN], "hunter2-correct-hunter2-correct-horse!", "hunter2-correct-***!");
    check(&[TOKEN], "", "");
}

#[test]
fn overlapping_secrets_leave_no_tail() {
    check(&["abcdefgh", "efghijkl"], "xabcdefghijklx", "x***x");
    check(&["abcdefghijkl", "cdef"], "-abcdefghijkl-", "-***-");
    check(&["abcdabcd"], "abcdabcdabcd.", "***.");
    // The longer one fails at its last byte; the shorter one inside must still be found.
    check(&["abcdefghijkl", "cdefgh"], "abcdefghijkX", "ab***ijkX");
}

#[test]
fn touching_secrets_become_one_mask() {
    check(&[TOKEN], &TOKEN.repeat(3), MASK);
}

#[test]
fn base64_is_found_at_every_alignment_in_both_alphabets_and_wrapped() {
    let secret = "p\u{ff}\u{fe}>>>???-key";
    let set = set(&[secret]);
    for prefix in ["", "u", "us", "user:", "x-access-token:"] {
        for suffix in ["", "\n", "ab", "@host", " and a long tail behind it"] {
            let text = format!("{prefix}{secret}{suffix}");
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                let masked = String::from_utf8(set.mask(encoded.as_bytes())).unwrap();
                assert!(masked.contains(MASK), "{text:?} as {encoded} gave {masked}");
                for wrap in ["\n", "\r\n"] {
                    let wrapped: Vec<&str> = (0..encoded.len())
                        .step_by(7)
                        .map(|at| &encoded[at..encoded.len().min(at + 7)])
                        .collect();
                    let masked = String::from_utf8(set.mask(wrapped.join(wrap).as_bytes())).unwrap();
                    assert!(masked.contains(MASK), "{wrapped:?} gave {masked}");
                }
            }
        }
    }
}

#[test]
fn hexadecimal_percent_and_json_forms_are_masked() {
    let secret = "a/b\"c d\\e+f";
    check(&[secret], "url?t=a%2Fb%22c%20d%5Ce%2Bf&x=1", "url?t=***&x=1");
    check(&[secret], r#"{"t":"a/b\"c d\\e+f"}"#, r#"{"t":"***"}"#);
    check(&["hunter22"], "68756e7465723232 68756E7465723232 6875", "*** *** 6875");
}

#[test]
fn a_value_of_several_lines_is_masked_line_by_line_but_its_layout_is_not() {
    let pem =
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAwEHBG0wawIBAQQg\n-----END PRIVATE KEY-----\n";
    check(&[pem], &format!("key:\n{pem}done\n"), "key:\n***\ndone\n");
    check(&[pem], "  MIGHAgEAMBMGByqGSM49\r\n", "  ***\r\n");
    check(&[pem], "-----BEGIN PRIVATE KEY-----\r\n", "-----BEGIN PRIVATE KEY-----\r\n");
    let json = "{\n  \"k\": true,\n  \"token\": \"s3cr3t-value\"\n}";
    check(&[json], "{\n}\n  \"token\": \"s3cr3t-value\"\n", "{\n}\n  ***\n");
}

#[test]
fn the_newline_at_the_end_of_a_secret_file_is_no_part_of_it() {
    check(&["hunter2-correct-horse\n"], "x=hunter2-correct-horse;", "x=***;");
}

#[test]
fn values_that_every_log_contains_are_refused_by_name_alone() {
    let long = "x".repeat(SECRET_BYTES_MAX + 1);
    for (value, reason) in [
        ("", RejectedReason::TooShort),
        ("abc", RejectedReason::TooShort),
        (" abc\n", RejectedReason::TooShort),
        ("true", RejectedReason::CommonText),
        ("FALSE", RejectedReason::CommonText),
        ("{\n}\n", RejectedReason::TooShort),
        ("{ \"\": [] }", RejectedReason::CommonText),
        ("----", RejectedReason::CommonText),
        (&long, RejectedReason::TooLong),
    ] {
        let (mut masker, rejected) = Masker::new(&[("NAME".to_owned(), Secret::from(value.to_owned()))]);
        assert_eq!(
            rejected.iter().map(|it| (it.name.as_str(), it.reason)).collect::<Vec<_>>(),
            [("NAME", reason)]
        );
        let mut out = Vec::new();
        masker.push(b"true {} ----", &mut out);
        masker.finish(&mut out);
        assert_eq!(out, b"true {} ----");
    }
}

#[test]
fn what_cannot_be_part_of_a_secret_passes_at_once() {
    let mut masker = set(&[TOKEN]).masker();
    let mut out = Vec::new();
    masker.push(b"50%\rPassword: ", &mut out);
    assert_eq!(out, b"50%\rPassword: ");
    masker.push(b" hunt", &mut out);
    assert_eq!((out.as_slice(), masker.held_bytes()), (&b"50%\rPassword:  "[..], 4));
    masker.push(b"s", &mut out);
    assert_eq!(out, b"50%\rPassword:  hunts");
}

#[test]
fn a_run_of_line_ends_is_not_held_for_ever() {
    let mut masker = set(&[TOKEN]).masker();
    let mut out = Vec::new();
    let mut input = STANDARD.encode(TOKEN).into_bytes();
    input.truncate(10);
    input.extend(b"\n".repeat(5_000));
    masker.push(&input, &mut out);
    assert_eq!((out.len(), masker.held_bytes()), (input.len(), 0));
}

#[test]
fn counts_name_the_secrets_and_hold_no_value() {
    let secrets = [
        ("A".to_owned(), Secret::from("abcdefgh".to_owned())),
        ("B".to_owned(), Secret::from("efghijkl".to_owned())),
        ("C".to_owned(), Secret::from("unused-value".to_owned())),
    ];
    let set = MaskSet::new(&secrets);
    let mut masker = set.masker();
    let mut out = Vec::new();
    masker.push(b"abcdefghijkl abcdefgh ", &mut out);
    let printed = format!("{set:?} {masker:?}");
    assert!(!printed.contains("abcdefgh") && !printed.contains("unused"), "{printed}");
    let counts = masker.finish(&mut out);
    assert_eq!(out, b"*** *** ");
    let by_name = [("A".to_owned(), 2), ("B".to_owned(), 1)].into();
    assert_eq!(counts, MaskCounts { bytes_in: 22, bytes_out: 8, masked: 2, by_name });
}

#[test]
fn occurrence_is_told_for_every_form() {
    let set = set(&[TOKEN]);
    assert!(set.occurs_in(format!("x{TOKEN}").as_bytes()));
    assert!(set.occurs_in(STANDARD.encode(format!("basic:{TOKEN}")).as_bytes()));
    assert!(!set.occurs_in(b"nothing here"));
}

/// Values over few letters, so that they overlap each other and themselves.
fn secrets() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[ab]{4,9}|[a-c]{4,6}\n[a-c]{8,10}|[ab]{5}[0-9]", 1..5)
}

/// Streams that are full of whole and half secrets, plain and encoded.
fn streams() -> impl Strategy<Value = (Vec<String>, Vec<u8>)> {
    secrets().prop_flat_map(|secrets| {
        let values = secrets.clone();
        let piece = (any::<prop::sample::Index>(), 0_usize..6, 0_usize..12, "[ab\n]{0,3}").prop_map(
            move |(index, form, cut, noise)| {
                let value = index.get(&values).as_bytes();
                let part = &value[..value.len().saturating_sub(cut)];
                match form {
                    0 => value.to_vec(),
                    1 => part.to_vec(),
                    2 => STANDARD.encode([noise.as_bytes(), value].concat()).into_bytes(),
                    3 => STANDARD.encode(part).into_bytes(),
                    4 => noise.into_bytes(),
                    _ => vec![0xff, 0, b'\r'],
                }
            },
        );
        (Just(secrets), proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()))
    })
}

fn registered(values: &[String]) -> MaskSet {
    set(&values.iter().map(String::as_str).collect::<Vec<_>>())
}

fn in_chunks(set: &MaskSet, stream: &[u8], cuts: &[usize]) -> (Vec<u8>, MaskCounts) {
    let mut masker = set.masker();
    let mut out = Vec::new();
    let mut rest = stream;
    for cut in cuts {
        let (chunk, behind) = rest.split_at((*cut).min(rest.len()));
        masker.push(chunk, &mut out);
        rest = behind;
    }
    masker.push(rest, &mut out);
    let counts = masker.finish(&mut out);
    (out, counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_way_to_cut_gives_the_same_output(
        (values, stream) in streams(),
        cuts in proptest::collection::vec(0_usize..9, 0..40),
    ) {
        let set = registered(&values);
        let whole = in_chunks(&set, &stream, &[]);
        prop_assert_eq!(&in_chunks(&set, &stream, &cuts), &whole);
        prop_assert_eq!(&in_chunks(&set, &stream, &vec![1; stream.len()]), &whole);
    }

    #[test]
    fn no_registered_value_is_left((values, stream) in streams()) {
        let set = registered(&values);
        let out = set.mask(&stream);
        for value in &values {
            prop_assert!(!contains(&out, value.as_bytes()), "{:?} in {:?}", value, out.escape_ascii().to_string());
            let encoded = STANDARD.encode(value);
            // These digits depend on the value alone; the one behind them may also depend on what follows.
            let core = &encoded.as_bytes()[..value.len() * 8 / 6];
            prop_assert!(!contains(&out, core), "{:?} in {:?}", encoded, out.escape_ascii().to_string());
        }
    }

    #[test]
    fn base64_with_anything_around_it_is_masked(
        prefix in proptest::collection::vec(any::<u8>(), 0..20),
        suffix in proptest::collection::vec(any::<u8>(), 0..20),
        secret in "[!-~]{8,30}",
    ) {
        let set = set(&[&secret]);
        prop_assume!(set.rejected().is_empty());
        let text = [&prefix[..], secret.as_bytes(), &suffix].concat();
        prop_assert!(set.occurs_in(STANDARD.encode(&text).as_bytes()));
        prop_assert!(set.occurs_in(URL_SAFE_NO_PAD.encode(&text).as_bytes()));
    }

    #[test]
    fn text_without_secrets_passes_byte_for_byte(stream in proptest::collection::vec(any::<u8>(), 0..400)) {
        let set = set(&["a-value-of-some-length-that-chance-does-not-hit"]);
        prop_assert_eq!(set.mask(&stream), stream);
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
