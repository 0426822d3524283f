//! `attest`: what is not, byte for byte and name for name, what a good run put out gets no provenance.

use std::fs;

use crate::line::{Line, TRAIN, bundle};

#[test]
fn product_that_the_run_did_not_make() {
    let Some(line) = Line::prepared() else { return };
    line.build("run", Some("alice"));
    line.place.write("repo/model/weights.npz", "weightS\n");
    refuses_provenance(&line, "run", "`weights.npz` has bytes that no product has");
}

#[test]
fn file_beside_the_products() {
    let Some(line) = Line::prepared() else { return };
    line.build("run", Some("alice"));
    line.place.write("repo/model/extra", "");
    refuses_provenance(&line, "run", "`extra` has bytes that no product has");
}

#[test]
fn products_without_one_of_them() {
    let Some(line) = Line::prepared() else { return };
    line.build("run", Some("alice"));
    fs::remove_file(line.place.path("repo/model/card.json")).expect("it is there");
    refuses_provenance(&line, "run", "a file is missing, or lies under another name");
}

#[test]
fn products_of_two_places_put_together() {
    let Some(line) = Line::prepared() else { return };
    let job = "mkdir a b && echo a > a/x && echo b > b/y";
    line.step(
        0,
        &[
            "run",
            "--workspace",
            "repo",
            "--out",
            "a",
            "--out",
            "b",
            "--record",
            "evidence/run.json",
            "--",
            "sh",
            "-c",
            job,
        ],
    );
    line.place.write("repo/model/x", "a\n");
    line.place.write("repo/model/y", "b\n");
    refuses_provenance(&line, "run", "a file is missing, or lies under another name");
}

#[test]
fn run_that_failed() {
    let Some(line) = Line::prepared() else { return };
    let job = format!("{TRAIN}; exit 3");
    line.step(
        3,
        &[
            "run",
            "--workspace",
            "repo",
            "--out",
            "model",
            "--record",
            "evidence/run.json",
            "--",
            "sh",
            "-c",
            &job,
        ],
    );
    line.place.write("repo/model/weights.npz", "weights\n");
    line.place.write("repo/model/card.json", "{}\n");
    refuses_provenance(&line, "run", "the run ended with code 3");
}

#[track_caller]
fn refuses_provenance(line: &Line, record: &str, reason: &str) {
    let (record, out) = (format!("evidence/{record}.json"), bundle("provenance"));
    let attest = [
        "attest",
        "repo/model",
        "--type",
        "provenance",
        "--record",
        &record,
        "--key",
        "keys/builder.key",
        "--out",
        &out,
    ];
    line.step(1, &attest).says(reason);
    assert!(!line.place.exists(&out));
}
