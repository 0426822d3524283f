//! What goes into a trust file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brattice_attest::key::PublicKey;

/// Returns the entry of a key for the `key = […]` list of a trust file. Whose key it is stays to be said
/// there: list its id in `keys` of exactly one person or service.
pub fn trust_snippet(key: &PublicKey) -> String {
    format!("{{ id = \"{}\", pub = \"{}\" }}", key.key_id(), STANDARD.encode(key.to_spki_der()))
}
