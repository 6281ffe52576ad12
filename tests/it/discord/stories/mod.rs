//! What separates a careful adapter from the rest, scenario by scenario, with everything there is: the servers, the adapter,
//! the casework and the ledger, within Discord's limits as they have been seen. What the adapter alone has to do is tested
//! with it, in `crates/discord`.
//!
//! | scenario | test |
//! |---|---|
//! | forward of a message of components | `hiding::a_forward_is_read_to_its_last_component` |
//! | an edit that adds a word | `hiding::a_word_that_is_edited_in_is_found` |
//! | embed-only updates strike once | `hiding::whatever_is_told_again_one_post_is_one_strike` |
//! | poll, spoiler in a word, alt text, file name, sticker | `hiding::a_word_is_found_wherever_it_is_put` |
//! | forum title, then post | `hiding::a_title_in_a_forum_and_what_stands_below_it_are_judged` |
//! | a thread that somebody else renames | `hiding::whoever_renames_a_thread_to_abuse_answers_for_it` |
//! | AutoMod tells twice | `hiding::what_the_servers_own_filter_keeps_back_is_one_strike_however_often_it_is_told` |
//! | AutoMod stops a word at the group's behest | `stopping::what_is_stopped_before_anybody_sees_it_is_told_counted_and_appealed_like_any_post` |
//! | AutoMod stops by people's rule and the bot's | `stopping::what_a_rule_of_peoples_stops_as_well_is_one_case_whichever_is_told_of_first` |
//! | words and modes that change what it stops | `stopping::what_admins_change_changes_what_is_stopped` |
//! | a word that trips the breaker by what it stops | `stopping::an_everyday_word_that_trips_the_breaker_is_stopped_no_more_until_an_admin_says_so` |
//! | a word that is tried on what stands | `stopping::a_word_is_tried_on_what_stands_and_nothing_of_it_is_kept` |
//! | the author deletes first (10008) | `delivering::an_author_who_is_quicker_answers_for_it_all_the_same` |
//! | private messages refused | `delivering::whoever_takes_no_letters_reads_the_notice_in_a_thread_of_their_own` |
//! | 429 on a removal | `delivering::a_removal_that_has_to_wait_is_done_once` |
//! | a raid, within the limits | `delivering::a_raid_is_cleared_away_before_whoever_came_is_written_to` |
//! | killed between letter and exclusion | `killed::killed_between_the_letter_and_the_exclusion_each_is_done_once` |
//! | killed when a human's deed is on record | `killed::killed_when_a_humans_deed_is_on_record_it_is_told_once` |
//! | a ban that is due to end while nobody runs | `shut_out::whose_time_was_over_while_the_bot_was_away_is_let_in_when_it_is_back` |
//! | a ban for good by hand meanwhile | `shut_out::a_ban_by_hand_outlasts_the_suspension` |
//! | a ban by hand in the place of ours | `shut_out::a_ban_by_hand_in_the_place_of_ours_is_theirs` |
//! | Discord fails when a ban ends | `shut_out::discord_being_down_when_a_ban_ends_puts_it_off` |
//! | let in by hand meanwhile | `shut_out::whoever_is_let_in_by_hand_stays_in` |
//! | somebody suspended comes back in | `shut_out::whoever_is_suspended_comes_back_suspended` |
//! | roles with other names | `shut_out::what_roles_are_called_makes_no_difference` |
//! | pressed by who holds no office, by the accused | `pressing::buttons_are_carried_out_for_those_who_may_and_no_others` |
//! | decided by the accused who is an officer | `pressing::nobody_decides_about_their_own_post` |
//! | pressed twice at once | `pressing::pressed_by_two_at_once_it_is_done_once` |
//! | pressed after two years | `pressing::a_button_of_two_years_ago_says_that_there_is_nothing` |
//! | demoted between press and form | `pressing::whoever_lost_the_office_while_they_wrote_is_refused` |
//! | an officer leaves while others sign | `pressing::the_signature_of_whoever_left_counts_no_more` |
//! | the bot is put out of the server | `away::put_out_and_let_in_again_it_judges_what_it_missed` |
//! | outage: posts, edits, new threads | `away::what_happened_while_nobody_listened_is_judged` |
//! | invalid session, and all other ends of one | `away::whatever_ends_a_session_nothing_is_missed` |
//! | a zombie | `away::a_connection_that_hears_nothing_is_left_for_another` |
//! | restart in the middle of a burst | `away::a_restart_in_the_middle_of_a_burst_loses_nothing_and_repeats_nothing` |
//! | Discord is down for a day | `troubled::after_a_day_without_discord_all_is_judged_once_and_officers_know_of_the_gap` |
//! | 429 to everything | `troubled::a_storm_of_too_many_requests_delays_everything_and_loses_nothing` |
//! | sessions that do not last | `gateway::budget::whoever_crashes_again_and_again_waits_longer_and_longer`, of the adapter |
//! | retention | `lasting::after_two_years_nothing_is_held_any_more` |
//!
//! Nothing is forwarded into threads, so that there are no such copies to delete: what was removed is kept encrypted in the
//! ledger, and goes there.

mod away;
mod delivering;
mod hiding;
mod killed;
mod lasting;
mod pressing;
mod shut_out;
mod stopping;
mod troubled;
