//! One name for a template and the module that renders it.

use super::{Source, assert_can_fail, assert_kept};

/// Templates of several modules: what all pages have around them, and macros.
const SHARED: &[&str] = &["base", "empty_state", "field", "notice", "sheet"];

/// What a module is called: its file, or its folder.
fn module(source: &Source) -> Option<&str> {
    let path = source.path.strip_suffix(".rs")?;
    path.strip_suffix("/mod").unwrap_or(path).rsplit('/').next()
}

/// The name of a template, without the mark of those that are no whole page.
fn name(template: &str) -> &str {
    let name = template.strip_suffix(".html").unwrap_or(template);
    name.strip_prefix('_').unwrap_or(name)
}

/// `row` belongs to the module `row`, and so does `row_of_something`.
fn belongs(name: &str, module: &str) -> bool {
    let rest = name.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// The templates that a module renders and that are not called like it.
fn renders_a_template_of_another_name(source: &Source) -> Vec<String> {
    let Some(module) = module(source) else {
        return Vec::new();
    };
    let paths = source.text.split("template(path = \"").skip(1);
    let names = paths.filter_map(|behind| behind.split('"').next());
    names
        .filter(|template| !belongs(name(template), module))
        .map(|template| format!("{template} is rendered by {module}"))
        .collect()
}

#[test]
fn templates_are_called_like_the_modules_that_render_them() {
    let rule = renders_a_template_of_another_name;
    assert_kept(&Source::rust("src"), rule);
    let with = |path: &str| format!("#[template(path = \"{path}\")]");
    assert_can_fail(rule, "web/row.rs", &with("_row.html"), &with("_line.html"));
    assert_can_fail(
        rule,
        "web/row/mod.rs",
        &with("row_of_it.html"),
        &with("rows.html"),
    );
}

#[test]
fn every_template_is_called_like_a_module() {
    let sources = Source::rust("src/web");
    let modules: Vec<_> = sources.iter().filter_map(module).collect();
    let rule = |template: &Source| {
        let name = name(&template.path);
        let belongs = modules.iter().any(|module| belongs(name, module));
        let is_named = belongs || SHARED.contains(&name);
        (!is_named)
            .then(|| "no module has this name".to_owned())
            .into_iter()
            .collect()
    };
    assert_kept(&Source::all("templates"), rule);
    assert_can_fail(
        |source| rule(&Source::new(&source.text, "")),
        "",
        "_row.html",
        "_line.html",
    );
}

/// Attributes with a URL that begins at the root of the host, and not at the path below which creel is served.
fn links_to_the_root(source: &Source) -> Vec<String> {
    let attributes = [" href=\"/", " action=\"/", " src=\"/"];
    let found = attributes
        .iter()
        .flat_map(|start| source.text.match_indices(start));
    found
        .map(|(at, _)| {
            let link: String = source.text[at..].chars().take(40).collect();
            format!("{link}: begin it with {{{{ crate::web::base() }}}}")
        })
        .collect()
}

#[test]
fn links_begin_with_the_base_path() {
    assert_kept(&Source::all("templates"), links_to_the_root);
    assert_can_fail(
        links_to_the_root,
        "page.html",
        "<a href=\"{{ crate::web::base() }}/docs\">",
        "<a href=\"/docs\">",
    );
}
