//! What is kept, and for how long.

use crate::discord::house::{DAY, House, WORST};

#[tokio::test]
async fn after_two_years_nothing_is_held_any_more() {
    let mut house = House::open().await;
    let post = house.says("ada", WORST);
    house.gone(house.tea().general, post).await;
    house.told(house.person("ada"), "Your post was removed").await;
    house.settle().await;
    let ada = house.tea().member("ada");
    let names = |rows: &[String]| rows.iter().filter(|row| row.contains(ada.as_str())).count();
    assert!(names(&house.record().await) > 0);
    for _ in 0..23 {
        house.pass(DAY * 30).await;
    }
    assert!(house.case(1).await.is_some(), "not before its time");
    house.restart_after(|_| {}).await;
    for _ in 0..4 {
        house.pass(DAY * 30).await;
    }
    assert!(house.case(1).await.is_none());
    let rows = house.record().await;
    assert_eq!(names(&rows), 0, "nothing is left that says whose it was: {rows:#?}");
    assert!(rows.iter().all(|row| !row.contains(&post.to_string())), "nor which post: {rows:#?}");
}
