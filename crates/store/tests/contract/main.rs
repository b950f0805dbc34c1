//! One suite of promises, kept by both engines: every test here runs on SQLite and on PostgreSQL.
//!
//! To add a test: write `pub async fn name(bench: &Bench)` in the file of its verb family, and its
//! name in the list below. A test that is not listed is dead code, which the lints refuse.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test says where it failed")]

mod account_keys;
mod alarms;
mod bench;
mod cases;
mod chats;
mod dump;
mod evidence;
mod facts;
mod hash_sets;
mod jobs;
mod ledger;
mod named;
mod people;
mod rechecks;
mod referrals;
mod samples;
mod tip_lines;
mod tips;
mod verdicts;

macro_rules! on_both_engines {
    ($($family:ident: $($name:ident),+ $(,)?;)+) => {
        mod sqlite {
            $(mod $family {
                $(#[tokio::test]
                async fn $name() {
                    crate::$family::$name(&crate::bench::Bench::sqlite().await).await;
                })+
            })+
        }
        mod postgres {
            $(mod $family {
                $(#[tokio::test]
                async fn $name() {
                    crate::$family::$name(&crate::bench::Bench::postgres().await).await;
                })+
            })+
        }
    };
}

on_both_engines! {
    account_keys:
        accounts_are_found_by_what_identifies_them,
        facts_from_before_there_were_keys_are_keyed_when_asked,
        tips_find_the_accounts_of_an_exhibit,
        a_word_on_a_tip_and_an_account_is_kept_and_the_last_one_stands;
    people: users_keep_one_role, settings_are_replaced,
        settings_are_found_by_how_their_names_begin;
    tip_lines:
        a_tip_is_untriaged_until_its_line_is_there,
        heads_come_in_working_order,
        keys_are_counted_through_every_revision,
        words_find_the_current_revision,
        losses_come_earliest_first,
        decisions_are_added_and_the_last_one_stands,
        members_of_a_package_are_kept_locked,
        what_a_revision_changed_is_kept_once,
        another_table_of_places_takes_over_and_tips_are_owed_again;
    tips: same_bytes_change_nothing, other_bytes_are_the_next_revision,
        identifiers_follow_the_revision, import_problems_are_kept_once, two_writers_revise_one_tip;
    cases: opening_twice_is_once, another_case_under_the_same_reference_is_refused,
        assignment_needs_the_case, authorisations_are_never_rewritten;
    hash_sets: a_list_comes_back_as_it_went_in, another_edition_under_the_same_id_is_refused,
        an_update_retires_what_it_replaces, a_removed_list_stays_in_the_record;
    evidence: the_same_exhibit_is_attached_once, what_it_names_must_exist,
        listing_again_keeps_hashes, finishing_enqueues_in_the_same_step, odd_paths_survive,
        pages_and_look_ups_give_the_same_entries,
        problems_come_from_all_stages;
    jobs: claims_follow_waves_then_age, a_lease_that_ran_out_is_claimed_again,
        a_retried_job_waits_and_a_failed_one_stays, enqueueing_twice_is_once,
        two_workers_never_hold_one_job, a_finished_job_stays_finished, later_waves_can_wait,
        a_job_whose_workers_died_can_wait_for_the_others, a_restarted_worker_gets_its_jobs_back;
    facts: recording_twice_is_once, a_failing_batch_leaves_nothing, two_exhibits_share_a_fact,
        fingerprints_reach_the_entry, frames_of_a_video_are_kept, a_job_ends_with_its_facts,
        nul_and_long_texts_survive,
        novelty_is_replaced, a_newer_version_stands_beside_the_older;
    chats: records_come_back_with_their_place, messages_of_a_chat_are_in_order,
        counts_are_per_chat_and_writer;
    ledger: filters_restrict, receipts_and_owner_are_joined, linked_files_are_found_by_any_hash,
        only_the_newest_version_counts, other_cases_stay_out,
        the_recorded_hash_says_which_file_was_exchanged;
    named: imports_are_named_with_all_their_revisions,
        stores_are_named_and_files_of_the_exhibit_are_not;
    rechecks: compared_objects_come_in_pages, changes_are_kept_and_equal_answers_are_not,
        holders_are_found_by_file_and_by_exchange;
    verdicts: every_verdict_is_kept_and_the_same_twice_is_once;
    alarms: a_new_list_replaces_and_the_old_one_stays;
    referrals: versions_and_moves_are_kept, a_wrong_move_is_refused, receipts_move_it_once;
    dump: both_engines_give_the_same_lines, leases_and_ids_are_left_out,
        order_of_work_does_not_show,
        alarms_that_were_replaced_do_not_show;
}
