//! The house's own rules, as tests.

#[test]
fn no_crate_reaches_above_its_layer() {
    assert_eq!(xtask::layers::violations().unwrap(), Vec::<String>::new());
}

#[test]
fn the_house_is_tidy() {
    assert_eq!(xtask::tidy::violations().unwrap(), Vec::<String>::new());
}
