//! Queries and paths: C20, C23, and the further points.

use super::Field;
use crate::web::seen;

#[test]
fn c20_blanks_are_kept_and_counted() {
    let field = Field::new();
    for (below, html, text) in [
        (
            "?tel=+467325+44690",
            "> 467325 44690<",
            "tel 467325 44690 2 blanks",
        ),
        ("?q=a++b", ">a  b<", "q a b 2 blanks"),
        ("?p=%20x%20", "> x <", "p x 2 blanks"),
        ("?x=+", "> <", "x 1 blank"),
        ("?y=a%20b", ">a b<", "y a b Copy"),
        ("?z=a%09b", ">a<span", "z a"),
        ("?+n=1", "> n<", "n 1 blank"),
    ] {
        let seq = field.send("POST", below, &[], b"");
        let page = field.html(&format!("/{seq}?tab=request"));
        let code = format!("<code class=\"exact-text\"{html}");
        assert!(page.contains(&code), "{below}: {code}\n{page}");
        assert!(seen(&page).contains(text), "{below}: {}", seen(&page));
    }
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let seq = field.post(&form, b"tel=+467325+44690");
    let tab = field.body_tab(seq, "");
    assert!(tab.contains("tel 467325 44690 2 blanks"), "{tab}");
    let page = field.html(&format!("/{seq}?tab=body"));
    assert!(
        page.contains("data-copy=\" 467325 44690\""),
        "the copy is exact"
    );
}

#[test]
fn c23_a_bare_name_is_told_from_an_empty_value() {
    let field = Field::new();
    for (below, expected) in [
        ("?flag", "flag no value, not even an equals sign"),
        ("?flag=", "flag empty"),
        (
            "?a&a=&a=1",
            "a no value, not even an equals sign a repeated empty",
        ),
        ("?=", "empty"),
    ] {
        let seq = field.send("POST", below, &[], b"");
        let page = seen(&field.html(&format!("/{seq}?tab=request")));
        assert!(page.contains(expected), "{below}: {page}");
    }
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let tab = field.body_tab(field.post(&form, b"flag&empty="), "");
    assert!(
        tab.contains("flag no value, not even an equals sign empty empty"),
        "{tab}"
    );
}

#[test]
fn also_a_path_is_shown_decoded_where_it_stays_the_same_path() {
    let field = Field::new();
    for (below, shown) in [
        ("/caf%C3%A9", "/café"),
        ("/%E2%82%AC/x", "/€/x"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%20b", "/a%20b"),
        ("/100%", "/100%"),
        ("/%ff", "/%ff"),
        ("/%3Cb%3E", "/<b>"),
    ] {
        let seq = field.send("POST", below, &[], b"x");
        let page = field.html(&format!("/{seq}?tab=request"));
        assert!(!page.contains("<b>"), "{below}");
        let page = seen(&page);
        assert!(page.contains(&format!("POST {shown}")), "{shown}: {page}");
        assert!(
            page.contains(&format!("{below} HTTP/1.1")),
            "{below}: {page}"
        );
        assert_eq!(
            field.delivery(seq)["path"],
            below,
            "the API has it as received"
        );
    }
}

#[test]
fn also_methods_have_their_article() {
    let field = Field::new();
    for (method, sentence) in [
        ("OPTIONS", "An OPTIONS without a body"),
        ("GET", "A GET without a body"),
        ("UNLOCK", "An UNLOCK without a body"),
        ("DELETE", "A DELETE without a body"),
    ] {
        let seq = field.send(method, "", &[("Origin", "null")], b"");
        let page = seen(&field.html(&format!("/{seq}")));
        assert!(page.contains(sentence), "{method}: {page}");
    }
}

#[test]
fn also_what_is_not_a_run_opens_on_its_body() {
    let field = Field::new();
    for (lines, body, open) in [
        (
            &[("Content-Type", "application/json")][..],
            &b"{\"a\":1}"[..],
            "Body",
        ),
        (
            &[("Content-Type", "application/x-www-form-urlencoded")],
            b"a=1",
            "Body",
        ),
        (&[], b"\0", "Body"),
        (&[], b"", "Request"),
    ] {
        let seq = field.post(lines, body);
        let page = field.html(&format!("/{seq}"));
        let tabs = page
            .split_once("aria-label=\"Parts of the delivery\"")
            .expect("tabs")
            .1;
        let current = tabs
            .split_once("aria-current=\"page\"")
            .expect("one is open")
            .1;
        let label = seen(&format!(
            "<a{}",
            current.split_once("</a>").expect("its end").0
        ));
        assert!(label.starts_with(open), "{label}");
        assert!(!seen(&page).contains("Overview"), "no tab of runs");
    }
}
