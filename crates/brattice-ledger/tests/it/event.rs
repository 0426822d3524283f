//! The event format: its one spelling, what is left out, what is refused.

use brattice_digest::Sha256;
use brattice_ledger::{Actor, EVENT_FORMAT, Event, EventError, Subject};

fn event() -> Event {
    Event {
        format: EVENT_FORMAT.to_owned(),
        time: "2027-01-31T12:00:00Z".to_owned(),
        verb: "gate".to_owned(),
        outcome: "allow".to_owned(),
        exit: 0,
        actor: Actor { key: "sha256:00".to_owned() },
        subject: vec![Subject { sha256: Sha256::of(b"model") }],
        environment: None,
        evidence: vec![Sha256::of(b"scan")],
        run: "r1".to_owned(),
    }
}

#[test]
fn an_event_is_canonical_json_and_reads_back() {
    let record = event().to_record().unwrap();
    let text = str::from_utf8(record.as_bytes()).unwrap();
    let expected = format!(
        "{{\"actor\":{{\"key\":\"sha256:00\"}},\"environment\":null,\"evidence\":[\"{}\"],\"exit\":0,\
         \"format\":\"brattice.event/1\",\"outcome\":\"allow\",\"run\":\"r1\",\"subject\":[{{\"sha256\":\"{}\"}}],\
         \"time\":\"2027-01-31T12:00:00Z\",\"verb\":\"gate\"}}",
        Sha256::of(b"scan"),
        Sha256::of(b"model"),
    );
    assert_eq!(text, expected);
    let read = Event::read(record.as_bytes()).unwrap();
    assert_eq!((read.event, read.ignored), (event(), 0));
}

#[test]
fn unknown_fields_are_counted_at_every_depth() {
    let record = event().to_record().unwrap();
    let text = String::from_utf8(record.into_bytes()).unwrap();
    let more = text
        .replace("\"exit\":0", "\"exit\":0,\"region\":{\"a\":1}")
        .replace("\"key\":", "\"name\":\"alice\",\"key\":")
        .replace("[{\"sha256\"", "[{\"kind\":\"model\",\"sha256\"");
    let read = Event::read(more.as_bytes()).unwrap();
    assert_eq!((read.event, read.ignored), (event(), 3));
}

#[test]
fn other_records_are_not_events() {
    let text = String::from_utf8(event().to_record().unwrap().into_bytes()).unwrap();
    assert_eq!(Event::read(text.replace("event/1", "event/2").as_bytes()), Err(EventError::Format));
    assert_eq!(Event::read(b"{}"), Err(EventError::Format));
    for (from, to) in
        [("\"exit\":0,", ""), ("\"exit\":0", "\"exit\":\"0\""), ("\"run\":\"r1\"", "\"run\":null")]
    {
        assert!(matches!(Event::read(text.replace(from, to).as_bytes()), Err(EventError::Fields(_))), "{to}");
    }
    for bad in
        [text.replace("\"exit\":0", "\"exit\":0,\"exit\":1"), format!("{text} x"), "record 7".to_owned()]
    {
        assert!(matches!(Event::read(bad.as_bytes()), Err(EventError::Json(_))), "{bad}");
    }
    let foreign = Event { format: "brattice.event/2".to_owned(), ..event() };
    assert_eq!(foreign.to_record(), Err(EventError::Format));
}

#[test]
fn the_published_schema_has_the_fields_of_the_format() {
    let schema = schemars::schema_for!(Event);
    let fields: Vec<&String> = schema.get("properties").unwrap().as_object().unwrap().keys().collect();
    let expected =
        ["actor", "environment", "evidence", "exit", "format", "outcome", "run", "subject", "time", "verb"];
    let mut sorted = fields.clone();
    sorted.sort();
    assert_eq!(sorted, expected.iter().collect::<Vec<_>>());
    // A document of a later version has more fields and is still one of this format.
    assert_eq!(schema.get("additionalProperties"), None);
}
