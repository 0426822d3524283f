//! The trust file: a person's mistake is an error with a place.

use brattice_attest::trust::{OwnerKind, Trust};
use brattice_digest::Sha256;

use crate::support::{ALICE, BOB, CAROL, NOBODY, key, key_line, owner_line, time, trust, trust_text};

const FORMAT: &str = "format = \"brattice.trust/1\"\n";

/// The message of the error, and the text at its place.
fn mistake(text: &str) -> String {
    let error = Trust::parse(text.as_bytes()).expect_err("must be refused");
    let place = error.span.and_then(|span| text.get(span)).unwrap_or("(no place)");
    format!("{} @ {place}", error.message)
}

#[test]
fn owners_roles_times_and_logs_are_found() {
    let log = "[[log]]\norigin = \"digits.test/log\"\nkey = \"digits.test/log+abcd+AAAA\"\n";
    let text = format!(
        "{}{log}[change]\ncount = 2\nroles = [\"security\"]\n",
        trust_text("not_after = 2027-12-31T00:00:00Z")
    );
    let trust = Trust::parse(text.as_bytes()).unwrap();
    assert_eq!(trust.digest(), Sha256::of(text.as_bytes()));
    let bob = key(BOB).public().key_id();
    assert_eq!(trust.key(&bob).unwrap().not_after, Some(time("2027-12-31T00:00:00Z")));
    let owner = trust.owner(&bob).unwrap();
    assert_eq!((owner.kind, owner.id.as_str()), (OwnerKind::Person, "bob"));
    assert!(owner.has_role("builder") && !owner.has_role("ml"));
    assert_eq!(trust.owner(&key(NOBODY).public().key_id()), None);
    assert_eq!(trust.log("digits.test/log").unwrap().key, "digits.test/log+abcd+AAAA");
    assert_eq!(trust.log("digits.test"), None);
    assert_eq!(trust.change().unwrap().count, 2);
}

#[test]
fn the_forms_of_the_contract_read_alike() {
    let id = key(ALICE).public().key_id();
    let line = key_line(ALICE, "");
    let public = line.lines().find(|it| it.starts_with("pub")).unwrap();
    let text = format!(
        "{FORMAT}key = [{{ id = \"{id}\", {public} }}]\nperson = [{{ id = \"alice\", keys = [\"{id}\"], roles = [\"ml\"] }}]\n"
    );
    assert_eq!(Trust::parse(text.as_bytes()).unwrap().owner(&id).unwrap().id, "alice");
}

#[test]
fn a_key_with_two_owners_or_none_is_a_mistake() {
    let keys = key_line(ALICE, "");
    let alice = owner_line("person", "alice", &[ALICE], &["ml"]);
    let id = key(ALICE).public().key_id();
    for other in [owner_line("person", "bob", &[ALICE], &[]), owner_line("service", "ci", &[ALICE], &[])] {
        let message = mistake(&format!("{FORMAT}{keys}{alice}{other}"));
        assert_eq!(message, format!("key `{id}` already belongs to `alice` @ \"{id}\""));
    }
    let twice = owner_line("person", "alice", &[ALICE, ALICE], &["ml"]);
    assert!(mistake(&format!("{FORMAT}{keys}{twice}")).contains("already belongs to `alice`"));
    assert_eq!(mistake(&format!("{FORMAT}{keys}")), format!("key `{id}` has no owner @ \"{id}\""));
    let unlisted = mistake(&format!("{FORMAT}{alice}"));
    assert_eq!(unlisted, format!("key `{id}` is not in the list `key` @ \"{id}\""));
}

#[test]
fn an_id_that_is_not_the_keys_own_is_a_mistake() {
    let other = key(CAROL).public().key_id().to_string();
    let text = key_line(ALICE, "").replace(&key(ALICE).public().key_id().to_string(), &other);
    let message = mistake(&format!("{FORMAT}{text}"));
    assert!(message.starts_with("`id` is not the SHA-256 of `pub`"), "{message}");
    let upper = key_line(ALICE, "")
        .replace(&key(ALICE).public().key_id().to_string(), &format!("sha256:{}", "A".repeat(64)));
    assert!(mistake(&format!("{FORMAT}{upper}")).starts_with("not a key id"));
    let doubled = format!("{FORMAT}{}{}", key_line(ALICE, ""), key_line(ALICE, ""));
    assert!(mistake(&doubled).contains("listed twice"));
    let broken = key_line(ALICE, "").replace("pub = \"M", "pub = \" M");
    assert!(mistake(&format!("{FORMAT}{broken}")).starts_with("`pub` is not base64"));
}

#[test]
fn unknown_keys_formats_and_times_without_offset_are_mistakes() {
    let base = trust_text("");
    let with = |addition: &str| mistake(&base.replacen(FORMAT, &format!("{FORMAT}{addition}\n"), 1));
    assert!(with("admin = true").starts_with("unknown field `admin`"), "{}", with("admin = true"));
    for bounds in ["role = \"x\"", "revoked = 2026-01-01T00:00:00Z", "not_before = 2026-01-01T00:00:00Z"] {
        let message = mistake(&trust_text(bounds));
        assert!(message.starts_with("unknown field"), "{message}");
    }
    for bounds in ["not_after = 2027-12-31", "not_after = 2027-12-31T00:00:00", "revoked_at = 12:00:00"] {
        let message = mistake(&trust_text(bounds));
        assert!(message.contains("is not an instant"), "{message}");
    }
    assert!(Trust::parse(trust_text("not_after = \"2027-12-31T00:00:00Z\"").as_bytes()).is_err());
    let other = base.replace("brattice.trust/1", "brattice.trust/2");
    assert_eq!(
        mistake(&other),
        "format is `brattice.trust/2`, expected `brattice.trust/1` @ \"brattice.trust/2\""
    );
    assert!(mistake("").contains("missing field `format`"));
    assert!(Trust::parse(b"format = \"\xff\"").is_err());
    assert!(Trust::parse(&vec![b'#'; (1 << 20) + 1]).is_err());
}

#[test]
fn names_are_single_words_and_unique() {
    for id in ["", "two words", "tab\\t", "esc\\u001b"] {
        let text = format!("{FORMAT}{}{}", key_line(ALICE, ""), owner_line("person", "x", &[ALICE], &[]));
        let message = mistake(&text.replace("id = \"x\"", &format!("id = \"{id}\"")));
        assert!(message.starts_with("id must be one word"), "{message}");
    }
    let keys = [key_line(ALICE, ""), key_line(BOB, "")].concat();
    let owners = [owner_line("person", "x", &[ALICE], &[]), owner_line("service", "x", &[BOB], &[])].concat();
    assert!(mistake(&format!("{FORMAT}{keys}{owners}")).starts_with("owner `x` is listed twice"));
    let zero = format!("{FORMAT}[change]\ncount = 0\nroles = []\n");
    assert!(mistake(&zero).contains("at least one person"));
}

#[test]
fn the_company_is_read() {
    let ids: Vec<String> = trust().owners().iter().map(|it| it.id.clone()).collect();
    assert_eq!(ids, ["alice", "bob", "carol", "dave", "builder-1", "builder-2", "scan-1"]);
}
