//! Captured text never becomes markup: askama's escaping is never disabled.

use super::{Source, assert_can_fail, assert_kept, is_word, words};

/// Types that are written into pages without askama's escaping although they are not templates: they escape themselves, or choose among
/// templates.
const NO_TEMPLATE: &[(&str, &str)] = &[
    ("web/delivery/body/shapes.rs", "Html"),
    ("web/delivery/content.rs", "TabContent"),
    ("web/endpoint/inspect.rs", "Detail"),
    ("web/render/escape.rs", "Block"),
    ("web/render/escape.rs", "Line"),
    ("web/render/escape.rs", "Shown"),
    ("web/render/format.rs", "Exact"),
    ("web/render/pretty.rs", "Pretty"),
    ("web/render/rich_text.rs", "Prose"),
];

/// Askama chooses its escaping by the template's file name, unless configured otherwise.
fn is_a_template_that_does_not_escape(source: &Source) -> Vec<String> {
    let filters = source.text.split('|').skip(1).map(str::trim_start);
    let mut wrong: Vec<String> = filters
        .filter(|behind| {
            behind
                .strip_prefix("safe")
                .is_some_and(|rest| !rest.starts_with(is_word))
        })
        .map(|_| "the filter `safe`".to_owned())
        .collect();
    if !source.has_extension("html") {
        wrong.push("only what is called .html is escaped as HTML".to_owned());
    }
    wrong
}

/// Types that pages write without escaping: templates, and the listed ones.
fn is_written_unescaped(source: &Source) -> Vec<String> {
    let code = source.code();
    let switched_off = [
        "escape = \"",
        "filters::Safe",
        "|safe",
        "MarkupDisplay",
        "ext = \"txt\"",
    ];
    let mut wrong: Vec<String> = switched_off
        .into_iter()
        .filter(|way| code.contains(way))
        .map(str::to_owned)
        .collect();
    for behind in code.split("HtmlSafe for ").skip(1) {
        let name = behind
            .split(|letter| !is_word(letter))
            .next()
            .unwrap_or_default();
        let declared = ["struct", "enum"]
            .iter()
            .find_map(|kind| words(&code, &format!("{kind} {name}")).next());
        let block = declared.map_or("", |at| {
            code[..at].rsplit("\n\n").next().unwrap_or_default()
        });
        let listed = NO_TEMPLATE.contains(&(source.path.as_str(), name));
        if !listed && !block.contains("#[template(") {
            wrong.push(format!("{name} is HtmlSafe, and neither a template nor listed as one that escapes by itself"));
        }
    }
    wrong
}

#[test]
fn nothing_reaches_a_page_unescaped() {
    assert_kept(
        &Source::all("templates"),
        is_a_template_that_does_not_escape,
    );
    assert_kept(&Source::rust("src"), is_written_unescaped);
    let rule = is_a_template_that_does_not_escape;
    assert_can_fail(
        rule,
        "x.html",
        "{{ a }} {% if a || safe_b %}",
        "{{ a|safe }}",
    );
    assert_can_fail(rule, "x.html", "{{ a|safety }}", "{{ a | safe }}");
    assert_can_fail(
        |source| rule(&Source::new(&source.text, "")),
        "",
        "x.html",
        "x.txt",
    );
    let rule = is_written_unescaped;
    let template =
        "#[derive(Template)]\n#[template(path = \"x.html\")]\npub(super) struct X {}\n\n";
    assert_can_fail(
        rule,
        "web/x.rs",
        template,
        &template.replace(")]\npub", ", escape = \"none\")]\npub"),
    );
    let safe = |before: &str| format!("{before}impl HtmlSafe for X {{}}\n");
    assert_can_fail(
        rule,
        "web/x.rs",
        &safe(template),
        &safe("struct X(String);\n\n"),
    );
    assert_can_fail(
        rule,
        "web/x.rs",
        &safe(template),
        &safe(&format!("{}struct X;\n\n", template.replace('X', "Y"))),
    );
    assert_can_fail(
        rule,
        "web/render/escape.rs",
        "impl HtmlSafe for Line {}",
        "impl HtmlSafe for Other {}",
    );
    for (path, name) in NO_TEMPLATE {
        let source = Source::rust("src")
            .into_iter()
            .find(|source| source.path == *path);
        let there =
            source.is_some_and(|source| source.text.contains(&format!("HtmlSafe for {name}")));
        assert!(
            there,
            "{path} has no {name} any more; take it from the list"
        );
    }
}
