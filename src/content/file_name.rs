//! File names that are safe to give to a download.
//!
//! **Invariant:** the result has no path, no control and no invisible characters, does not begin with a dot, and is a name on every system.

/// Longest name, in bytes of UTF-8. Most systems allow 255.
const BYTES_MAX: usize = 120;
/// Longest ending that is kept when a name is cut, in bytes.
const ENDING_BYTES_MAX: usize = 16;
/// Names of devices on Windows, with any ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name without anything dangerous; `None` if nothing is left of it.
pub(super) fn safe(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let letters = last.chars().filter(|letter| !is_hidden(*letter));
    let letters = letters.map(|letter| match letter {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' | ';' => '_',
        other => other,
    });
    let name: String = letters.collect();
    let is_edge = |letter: char| letter == '.' || letter.is_whitespace();
    let mut name = shortened(name.trim_matches(is_edge));
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_lowercase();
    let is_numbered = ["com", "lpt"].iter().any(|device| {
        let number = stem.strip_prefix(device);
        number.is_some_and(|number| {
            number.chars().count() == 1 && number.chars().all(char::is_numeric)
        })
    });
    if DEVICES.contains(&stem.as_str()) || is_numbered {
        name.insert(0, '_');
    }
    (!name.is_empty()).then_some(name)
}

/// Control characters, and those that hide or reorder others: `gpj.exe` can look like `exe.jpg`.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A name of at most [`BYTES_MAX`], with its ending.
fn shortened(name: &str) -> String {
    if name.len() <= BYTES_MAX {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    let ending = if ending.len() <= ENDING_BYTES_MAX {
        ending
    } else {
        ""
    };
    let start = &name[..name.floor_char_boundary(BYTES_MAX - ending.len())];
    format!("{}{ending}", start.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_is_dangerous() {
        let cases = [
            ("naïve.txt", "naïve.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.txt", "a.txt"),
            ("a\r\nSet-Cookie: x\0.txt", "aSet-Cookie_ x.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            (".bashrc", "bashrc"),
            ("a.txt. . ", "a.txt"),
            ("say \"hi\".txt", "say _hi_.txt"),
            ("nul.txt", "_nul.txt"),
            ("COM1", "_COM1"),
            ("company.txt", "company.txt"),
            ("日本 🙂.png", "日本 🙂.png"),
        ];
        for (name, expected) in cases {
            assert_eq!(safe(name).as_deref(), Some(expected));
        }
        for name in ["", "..", "/", "a/", "\u{202e}", " . "] {
            assert_eq!(safe(name), None, "{name:?}");
        }
    }

    #[test]
    fn long_names_keep_their_ending() {
        let name = safe(&format!("{}.tar", "é".repeat(500))).unwrap();
        assert!(name.len() <= BYTES_MAX && name.ends_with("é.tar"));
        assert!(safe(&format!("a.{}", "b".repeat(500))).unwrap().len() <= BYTES_MAX);
    }
}
