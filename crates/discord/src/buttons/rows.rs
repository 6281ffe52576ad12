//! What a letter offers, as it is to be pressed below it.

use policy::{GroupId, Offer};
use serde_json::{Value, json};

use super::{Press, Tag, button};

/// From how many files on one chooses from a list.
const LISTED_MIN: usize = 5;
/// How many entries a list has at most.
const LISTED_MAX: usize = 25;
const ROW_LEN_MAX: usize = 5;
const ROWS_MAX: usize = 5;

/// What can be pressed, in rows as Discord shows them. So many files are a list to choose from; what does not fit any more
/// can be typed.
pub(crate) fn rows(offers: &[Offer], group: &GroupId) -> Vec<Value> {
    let tag = Tag::of(group);
    let (files, others): (Vec<Offer>, Vec<Offer>) =
        offers.iter().copied().partition(|offer| matches!(offer, Offer::Case(_)));
    let (buttons, listed) = match files.len() {
        0..LISTED_MIN => (offers.to_vec(), Vec::new()),
        _ => (others, files),
    };
    let rows_max = ROWS_MAX - usize::from(!listed.is_empty());
    let rows = buttons.chunks(ROW_LEN_MAX).take(rows_max);
    let mut rows: Vec<Value> =
        rows.map(|row| in_row(&row.iter().map(|offer| button(*offer, &tag)).collect::<Vec<_>>())).collect();
    if !listed.is_empty() {
        rows.push(in_row(&[list(&listed, &tag)]));
    }
    rows
}

fn in_row(components: &[Value]) -> Value {
    json!({ "type": 1, "components": components })
}

fn list(files: &[Offer], tag: &Tag) -> Value {
    let names = files.iter().filter_map(|offer| offer.file()).map(|file| file.to_string());
    let options: Vec<Value> =
        names.take(LISTED_MAX).map(|name| json!({ "label": name, "value": name })).collect();
    json!({
        "type": 3,
        "custom_id": Press::List.custom_id(tag),
        "placeholder": "Look at one of them",
        "options": options,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buttons::testing;
    use policy::Reference;
    use proptest::prelude::*;

    fn group() -> GroupId {
        GroupId::new("branch").unwrap()
    }

    fn file(number: u32) -> Reference {
        Reference::new(number).unwrap()
    }

    #[test]
    fn many_files_are_a_list_to_choose_from() {
        let mut offers: Vec<Offer> = (1..=6).map(|number| Offer::Case(file(number))).collect();
        offers.push(Offer::MyRecord);
        insta::assert_snapshot!(serde_json::to_string(&rows(&offers, &group())).unwrap(), @r#"[{"components":[{"custom_id":"1:my-record:::branch","label":"My record","style":2,"type":2}],"type":1},{"components":[{"custom_id":"1:case:::branch","options":[{"label":"B-0001","value":"B-0001"},{"label":"B-0002","value":"B-0002"},{"label":"B-0003","value":"B-0003"},{"label":"B-0004","value":"B-0004"},{"label":"B-0005","value":"B-0005"},{"label":"B-0006","value":"B-0006"}],"placeholder":"Look at one of them","type":3}],"type":1}]"#);
    }

    #[test]
    fn a_few_are_buttons_in_one_row() {
        let offers = [Offer::Case, Offer::Confirm, Offer::Restore].map(|offer| offer(file(42)));
        insta::assert_snapshot!(serde_json::to_string_pretty(&rows(&offers, &group())).unwrap(), @r#"
        [
          {
            "components": [
              {
                "custom_id": "1:case:B-0042::branch",
                "label": "Look at B-0042",
                "style": 2,
                "type": 2
              },
              {
                "custom_id": "1:confirm:B-0042::branch",
                "label": "Confirm B-0042",
                "style": 4,
                "type": 2
              },
              {
                "custom_id": "1:restore:B-0042::branch",
                "label": "Restore B-0042",
                "style": 3,
                "type": 2
              }
            ],
            "type": 1
          }
        ]
        "#);
    }

    #[test]
    fn what_offers_nothing_has_nothing_to_press() {
        assert_eq!(rows(&[], &group()), [Value::Null; 0]);
    }

    proptest! {
        #[test]
        fn rows_are_never_too_many_nor_too_long(offers in prop::collection::vec(testing::offers(1..60), 0..80)) {
            let mut each_once: Vec<Offer> = Vec::new();
            for offer in offers {
                if !each_once.contains(&offer) {
                    each_once.push(offer);
                }
            }
            let rows = rows(&each_once, &group());
            prop_assert!(rows.len() <= 5);
            let mut ids = Vec::new();
            for row in &rows {
                let components = row["components"].as_array().unwrap();
                prop_assert!((1..=5).contains(&components.len()));
                for component in components {
                    ids.push(component["custom_id"].as_str().unwrap().to_owned());
                    let options = component["options"].as_array().map_or(1, Vec::len);
                    prop_assert!((1..=25).contains(&options));
                }
            }
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), all, "each is the only one of its name");
        }
    }
}
