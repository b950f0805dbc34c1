//! The acts that need permission, one per effect of a command.

use std::fmt;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident => $word:literal,)*) => {
        /// What somebody wants to do. The word is what the audit log records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All actions, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word used in the audit log and in messages.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

actions! {
    /// Add, change or list the people of the unit and its settings.
    ManageUsers => "manage_users",
    /// Take tips in.
    ImportTips => "import_tips",
    /// List or show tips.
    ReadTips => "read_tips",
    /// Have tips stand together that share what joins them; follows from taking tips in.
    LinkTips => "link_tips",
    /// Set an own level for a tip, or say whether two tips concern the same person.
    DecideTips => "decide_tips",
    /// Say whether a file of a tip's package may be opened.
    SetAccess => "set_access",
    /// Load a table of where IP addresses are.
    ImportPlaces => "import_places",
    /// Write tips out for other programs, or draft a preservation request from one.
    ExportTips => "export_tips",
    /// List the cases: references and titles, nothing of their content.
    ListCases => "list_cases",
    /// See a case's authorisations, exhibits and people; nothing that was read from exhibits.
    ReadCase => "read_case",
    /// See which other units are known, and the own unit's card; public keys only.
    ReadPartners => "read_partners",
    /// Open a case.
    OpenCase => "open_case",
    /// Put a person on a case.
    AssignCase => "assign_case",
    /// Record a court order, which gives scope; hence never by those whom it gives scope to.
    AddAuthorisation => "add_authorisation",
    /// Load a list of known hashes.
    ImportHashSet => "import_hash_set",
    /// Take a list of known hashes out of use.
    RemoveHashSet => "remove_hash_set",
    /// Say what a file is, in the words of a scheme.
    RecordVerdict => "record_verdict",
    /// Write the unit's own verdicts of a case out, for other programs and units.
    ExportVerdicts => "export_verdicts",
    /// List the loaded lists.
    ListHashSets => "list_hash_sets",
    /// Attach an exhibit and have it read.
    AttachEvidence => "attach_evidence",
    /// See what was read from an exhibit: listing, ledger, matches.
    ReadEvidence => "read_evidence",
    /// See the counterparts that may be live sources, with the reasons.
    ReadAlarms => "read_alarms",
    /// Confirm, reject or leave an alarm.
    ReviewAlarm => "review_alarm",
    /// Write a referral.
    DraftReferral => "draft_referral",
    /// Run the completeness gate.
    CheckReferral => "check_referral",
    /// Approve it, as the second person.
    ApproveReferral => "approve_referral",
    /// Sign and encrypt it to the addressee.
    SealReferral => "seal_referral",
    /// Open a referral that another unit sent.
    OpenReferral => "open_referral",
    /// Answer it with a receipt, or take in the answer to one of ours.
    AcknowledgeReferral => "acknowledge_referral",
    /// Read a referral and see where it stands.
    ReadReferral => "read_referral",
    /// Read the audit log.
    ReadLog => "read_log",
    /// Check the audit log against a checkpoint; shows no entry.
    VerifyLog => "verify_log",
    /// Check the stored objects; shows hashes only.
    RunFsck => "run_fsck",
    /// Write out every fact of the unit.
    DumpFacts => "dump_facts",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
