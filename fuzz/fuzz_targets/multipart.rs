//! Multipart bodies: names of parts and files from arbitrary header lines. No name for a download may leave its folder or hide what it is, and
//! every part that is listed can be got by its number.
#![no_main]

use creel::content::{BodyPart, ContentOptions, part, read};
use creel::domain::head::Head;
use libfuzzer_sys::fuzz_target;

fn check(head: &Head, body: &[u8], parts: &[BodyPart], options: &ContentOptions) {
    for one in parts {
        let name = &one.download_name;
        assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
        assert!(
            !name.starts_with('.') && !name.contains(['/', '\\', ':']),
            "{name:?}"
        );
        assert!(
            !name.contains(|letter: char| letter.is_control()),
            "{name:?}"
        );
        assert!(
            !name.contains(['\u{202e}', '\u{2066}', '\u{200f}']),
            "{name:?}"
        );
        let given = part(head, body, &one.n, options).expect("a listed part can be got");
        assert_eq!(given.bytes.len(), one.content.bytes, "{}", one.n);
        assert_eq!(&given.download_name, name);
        check(head, body, &one.content.parts, options);
    }
}

fuzz_target!(|body: &[u8]| {
    let raw = "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n";
    let head = Head {
        raw: raw.into(),
        exact: true,
    };
    let options = ContentOptions::default();
    let found = read(&head, body, &options);
    check(&head, body, &found.parts, &options);
});
