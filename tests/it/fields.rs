//! The fields of every recorded delivery, compared with those that servers are known to send: correct deliveries have no differences, and
//! the result for any JSON is correct.

use std::collections::BTreeMap;

use creel::domain::head::Head;
use creel::domain::run::Run;
use creel::domain::time::Time;
use creel::langgraph::fields::{
    Checklist, Count, Field, Fields, Nearness, Object, Standing, checklist,
};
use creel::langgraph::samples::Sample;
use creel::langgraph::{RunBody, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::readings::{recordings, recordings_in};

/// Most listed fields that are not in the table.
const OTHERS_MAX: usize = 200;

/// Every recording of a run, by name, with its body and its fields.
fn checklists() -> BTreeMap<String, (Value, Checklist)> {
    let all = recordings().into_iter().chain(recordings_in("recordings"));
    let runs = all.filter_map(|(name, recording)| {
        let run = recording.read().1.run?;
        let body = serde_json::from_slice(&recording.body).unwrap();
        Some((
            name,
            (body, checklist(&RunBody::parse(&recording.body), &run)),
        ))
    });
    runs.collect()
}

fn of_body(body: &str) -> Option<Checklist> {
    let head = Head {
        raw: "POST / HTTP/1.1\r\nUser-Agent: python-httpx/0.28.1\r\n\r\n".into(),
        exact: true,
    };
    let (_, reading) = read(&head, body.as_bytes(), None, Time::from_micros(0));
    Some(checklist(
        &RunBody::parse(body.as_bytes()),
        reading.run.as_deref()?,
    ))
}

fn of_sample(name: &str) -> Checklist {
    let to = "http://127.0.0.1/".parse().unwrap();
    let sample = Sample::find(name).unwrap();
    let sending = sample
        .sendings("http://127.0.0.1/", &to, Time::now())
        .remove(0);
    of_body(&sending.body.unwrap()).unwrap()
}

fn object(list: &Checklist, object: Object) -> &Fields {
    let found = list.objects.iter().find(|fields| fields.object == object);
    found.unwrap_or_else(|| panic!("no {object:?}"))
}

fn field<'a>(list: &'a Checklist, of: Object, name: &str) -> &'a Field {
    let fields = &object(list, of).fields;
    fields.iter().find(|field| field.name == name).expect(name)
}

/// One line per field, below the name of its object.
fn shown(list: &Checklist) -> String {
    let (server, version) = (list.basis.server, &list.basis.version);
    let mut lines = vec![format!("{server} {version}: {:?}", list.count())];
    for fields in &list.objects {
        lines.push(format!("\n/{}", fields.object.path()));
        lines.extend(fields.fields.iter().map(line));
    }
    lines.join("\n") + "\n"
}

fn line(field: &Field) -> String {
    let came: Vec<_> = field
        .received
        .iter()
        .flat_map(|types| types.names())
        .collect();
    let standing = match field.standing {
        Standing::OtherType(types) => {
            let known: Vec<_> = types.names().collect();
            format!("OtherType, known is {}", known.join(" or "))
        }
        other => format!("{other:?}"),
    };
    format!("  {:27} {:8} {standing}", field.name, came.concat())
}

#[test]
fn recordings_have_no_missing_or_unexpected_fields() {
    let all = checklists();
    assert!(all.len() > 90, "{}", all.len());
    for (name, (_, list)) in &all {
        let count = list.count();
        assert_eq!(
            count.unexpected + count.other_type,
            0,
            "{name}: {}",
            shown(list)
        );
        if name == "allowed-fields" {
            continue;
        }
        assert_eq!(count.missing, 0, "{name}: {}", shown(list));
        assert!(
            matches!(list.basis.nearness, Nearness::Same | Nearness::Only),
            "{name}"
        );
        assert_eq!(
            list.objects.iter().map(|fields| fields.more).sum::<usize>(),
            0
        );
    }
}

#[test]
fn fields_excluded_by_allowed_fields_are_missing_with_a_reason() {
    let (_, list) = &checklists()["allowed-fields"];
    let expected = Count {
        there: 4,
        due: 14,
        missing: 10,
        ..Count::default()
    };
    assert_eq!(list.count(), expected, "{}", shown(list));
    assert_eq!(list.basis.nearness, Nearness::Untold);
    assert_eq!(
        list.objects.len(),
        1,
        "of objects that did not come, nothing is told"
    );
    let standing = |name| field(list, Object::Run, name).standing;
    let can = "possibly excluded by webhooks.allowed_fields";
    assert_eq!(standing("kwargs"), Standing::Missing(Some(can)));
    assert_eq!(
        standing("error"),
        Standing::Absent("sent only with an exception")
    );
}

#[test]
fn each_kind_of_delivery_matches_its_snapshot() {
    let all = checklists();
    let names = [
        "threads-runs-create",
        "status-error-valueerror",
        "threads-runs-crons",
        "old-0.4.48-error",
        "js-stateless-runs-wait",
        "js-all-options",
        "secrets",
    ];
    let shown: Vec<_> = names
        .iter()
        .map(|name| format!("# {name}\n{}", shown(&all[*name].1)))
        .collect();
    insta::assert_snapshot!("fields", shown.join("\n"));
}

#[test]
fn a_made_up_version_shows_every_kind_of_difference() {
    let list = of_sample("made-up-version");
    assert_eq!(list.basis.nearness, Nearness::Beyond("0.99.0".into()));
    let count = list.count();
    assert_eq!(
        (count.unexpected, count.other_type, count.missing),
        (2, 1, 2),
        "{}",
        shown(&list)
    );
    let is = |of, name: &str| field(&list, of, name).standing;
    assert_eq!(is(Object::Run, "delivery_id"), Standing::Unexpected);
    assert_eq!(is(Object::Kwargs, "priority"), Standing::Unexpected);
    assert_eq!(is(Object::Kwargs, "resumable"), Standing::Missing(None));
    assert!(matches!(
        is(Object::Run, "multitask_strategy"),
        Standing::OtherType(_)
    ));
}

#[test]
fn unexpected_fields_differ_from_the_callers_own() {
    let (body, _) = &checklists()["js-threads-runs-create"];
    let mut body = body.clone();
    body["langsmith_session_name"] = json!("p");
    body["kwargs"]["durability"] = json!("async");
    body["kwargs"]["config"]["configurable"]["user_id"] = json!({"any": 1});
    body["metadata"]["mine"] = json!([]);
    let list = of_body(&body.to_string()).unwrap();
    assert_eq!(list.basis.server, "@langchain/langgraph-api");
    for (of, name, standing) in [
        (Object::Run, "langsmith_session_name", Standing::Unexpected),
        (Object::Kwargs, "durability", Standing::Unexpected),
        (Object::Configurable, "user_id", Standing::Own),
        (Object::Metadata, "mine", Standing::Own),
    ] {
        assert_eq!(field(&list, of, name).standing, standing, "{name}");
    }
}

#[test]
fn the_type_of_an_error_depends_on_the_version() {
    let standing = |version: &str, error: Value| {
        let (body, _) = &checklists()["status-error-valueerror"];
        let mut body = body.clone();
        body["kwargs"]["config"]["metadata"]["langgraph_api_version"] = json!(version);
        body["error"] = error;
        let list = of_body(&body.to_string()).unwrap();
        field(&list, Object::Run, "error").standing
    };
    let object = json!({"error": "E", "message": "m"});
    assert_eq!(standing("0.16.7", object.clone()), Standing::Present);
    assert_eq!(standing("0.4.48", json!("text")), Standing::Present);
    assert_eq!(standing("0.6.0", object), Standing::Present);
    for version in ["0.16.7", "0.7.103", "0.99.0"] {
        let other = standing(version, json!("text"));
        assert!(matches!(other, Standing::OtherType(_)), "{version}");
    }
}

#[test]
fn the_list_is_bounded_and_has_all_known_fields() {
    let (body, _) = &checklists()["threads-runs-create"];
    let mut body = body.clone();
    let many: Map<String, Value> = (0..5_000)
        .map(|index| (format!("a{index}"), json!(index)))
        .collect();
    for path in ["", "/kwargs", "/kwargs/config/configurable"] {
        let place = body.pointer_mut(path).unwrap().as_object_mut().unwrap();
        place.extend(many.clone());
    }
    let list = of_body(&body.to_string()).unwrap();
    for of in [Object::Run, Object::Kwargs, Object::Configurable] {
        let fields = object(&list, of);
        assert_eq!(fields.more, 5_000 - OTHERS_MAX);
        assert_eq!(fields.count().missing, 0);
        assert!(fields.fields.len() < OTHERS_MAX + 20);
    }
    let long = json!({"run_id": body["run_id"], "status": "success", "é".repeat(10_000): 1});
    let list = of_body(&long.to_string()).unwrap();
    let longest = list.objects[0]
        .fields
        .iter()
        .map(|field| field.name.chars().count())
        .max();
    assert_eq!(longest, Some(121));
}

/// Any JSON, with frequent names of known fields.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z\\\\\"é]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 120, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(any_name(), inner, 0..12)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_name() -> impl Strategy<Value = String> {
    let names = [
        "run_id",
        "status",
        "error",
        "kwargs",
        "config",
        "configurable",
        "metadata",
        "values",
        "input",
        "command",
        "message",
        "graph_id",
        "temporary",
        "langgraph_api_version",
        "webhook",
        "x",
    ];
    prop_oneof![
        8 => prop::sample::select(names.to_vec()).prop_map(str::to_owned),
        1 => "[a-z\\\\\"\n]{0,4}",
    ]
}

/// Compares a checklist with the body as parsed by another parser.
fn assert_agrees(body: &Value, list: &Checklist) {
    for fields in &list.objects {
        let path = fields.object.path();
        let parts = path.split('.').filter(|part| !part.is_empty());
        let there = parts.fold(body, |object, part| &object[part]);
        let there = there.as_object().expect(path);
        for field in &fields.fields {
            let value = there.get(&field.name);
            let types: Vec<_> = field
                .received
                .iter()
                .flat_map(|types| types.names())
                .collect();
            assert_eq!(
                types,
                value.map(type_of).into_iter().collect::<Vec<_>>(),
                "{path} {field:?}"
            );
            let is_absent = matches!(field.standing, Standing::Absent(_) | Standing::Missing(_));
            assert_eq!(is_absent, value.is_none(), "{path} {field:?}");
        }
        for name in there.keys() {
            let listed = fields.fields.iter().filter(|field| field.name == *name);
            assert_eq!(listed.count(), 1, "{path} {name}");
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn the_checklist_of_every_recording_is_correct() {
    for (body, list) in checklists().values() {
        assert_agrees(body, list);
    }
}

proptest! {
    #[test]
    fn the_checklist_of_any_json_is_correct(body in any_json()) {
        let list = checklist(&RunBody::parse(body.to_string().as_bytes()), &Run::default());
        assert_agrees(&body, &list);
        prop_assert_eq!(list.objects.is_empty(), !body.is_object());
    }

    #[test]
    fn any_bytes_have_a_checklist(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = checklist(&RunBody::parse(&body), &Run::default());
    }

    #[test]
    fn names_with_lone_surrogates_affect_nothing_else(place in 0..3_usize) {
        let mut names = ["a", "b", "c"];
        names[place] = "\\ud83d";
        let [a, b, c] = names;
        let body = format!(r#"{{"{a}": 1, "kwargs": {{"{b}": 1, "config": {{"{c}": 1}}}}}}"#);
        let list = checklist(&RunBody::parse(body.as_bytes()), &Run::default());
        prop_assert_eq!(list.objects.len(), 3);
    }
}
