//! The house's own rules, as tests.

#[test]
fn no_crate_reaches_above_its_layer() {
    assert_eq!(xtask::layers::violations().unwrap(), Vec::<String>::new());
}

#[test]
fn the_house_is_tidy() {
    assert_eq!(xtask::tidy::violations().unwrap(), Vec::<String>::new());
}

#[test]
fn generated_files_are_current() {
    let brattice = xtask::build_brattice(false).unwrap();
    let files = xtask::codegen::generate(&brattice).unwrap();
    let stale = xtask::codegen::stale(&files).unwrap();
    assert!(stale.is_empty(), "run `cargo xtask codegen`: {stale:?}");
}
