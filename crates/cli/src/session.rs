//! An open data folder, and the rule that binds every command: decide, log, then do.
//!
//! [`Session::act`] is the only way to an effect. It asks `authz`, writes the act (or the refusal)
//! durably to the audit log, and returns; only then does a command change or show anything.

use crate::{config::Config, error::CliError, globals::Globals, interrupt::Interrupt, keys::Keys};
use crate::{page::Page, refusal, say::Say, worker};
use amparo_audit::{Act, Log};
use amparo_authz::{Action, Context, Decision, Object, decide};
use amparo_evidence::ObjectStore;
use amparo_model::{
    Actor, Authorisation, Case, CaseId, Clock, DataCategory, EvidenceId, EvidenceItem, UrgencyClass,
};
use amparo_store::Store;
use std::path::PathBuf;
use std::sync::Arc;

/// An open data folder with the person who works in it.
pub struct Session {
    /// The folder.
    pub folder: PathBuf,
    /// Its settings.
    pub config: Config,
    /// Facts, cases, users.
    pub store: Store,
    /// Original bytes.
    pub objects: Arc<ObjectStore>,
    /// Every act.
    pub log: Log,
    /// The unit's keys.
    pub keys: Keys,
    /// Who acts.
    pub actor: Actor,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Sentences.
    pub say: Say,
    /// Why, if the operator said so.
    pub reason: Option<String>,
    /// Whether standard output is a terminal.
    pub terminal: bool,
    /// Set when the operator wants to stop.
    pub interrupt: Arc<Interrupt>,
    /// The program that reads foreign bytes in confinement; this binary, except in tests.
    pub worker_program: PathBuf,
}

/// What somebody is about to do, as far as decision and log need to know.
pub struct Deed<'a> {
    action: Action,
    object: Object<'a>,
    name: String,
    case: Option<&'a CaseId>,
    authorisation: Option<&'a Authorisation>,
    categories: &'a [DataCategory],
    drafted_by: Option<&'a str>,
    urgency: Option<UrgencyClass>,
    detail: serde_json::Value,
}

impl<'a> Deed<'a> {
    /// An act on a thing; `name` is the thing's own name, for the log.
    #[must_use]
    pub fn on(action: Action, object: Object<'a>, name: &str) -> Self {
        Self {
            action,
            object,
            name: name.to_owned(),
            case: object.case(),
            authorisation: None,
            categories: &[],
            drafted_by: None,
            urgency: None,
            detail: serde_json::Value::Null,
        }
    }

    /// Belongs to this case although the object itself does not lie under it yet.
    #[must_use]
    pub fn case(self, case: &'a CaseId) -> Self {
        Self { case: Some(case), ..self }
    }

    /// Rests on this order, for these kinds of data; none means every kind.
    #[must_use]
    pub fn under(self, order: Option<&'a Authorisation>, categories: &'a [DataCategory]) -> Self {
        Self { authorisation: order, categories, ..self }
    }

    /// Concerns a referral that this person drafted, with this urgency.
    #[must_use]
    pub fn drafted(self, by: &'a str, urgency: UrgencyClass) -> Self {
        Self { drafted_by: Some(by), urgency: Some(urgency), ..self }
    }

    /// Values worth keeping in the log; never content of evidence.
    #[must_use]
    pub fn detail(self, detail: serde_json::Value) -> Self {
        Self { detail, ..self }
    }
}

impl Session {
    /// Opens the data folder that the options name, for the person they name.
    ///
    /// # Errors
    /// [`CliError::NoFolder`] when it is none, [`CliError::Refused`] when the person is unknown to
    /// this unit, [`CliError::Storage`] when a part of it cannot be opened.
    pub async fn open(globals: &Globals, interrupt: Arc<Interrupt>) -> Result<Self, CliError> {
        let folder = globals.data.clone();
        let config = Config::read(&folder)?;
        let keys = Keys::read(&folder)?;
        // The store would make an empty one, and the unit would seem to have lost its people.
        if let Some(file) = config.database_file(&folder).filter(|file| !file.exists()) {
            let why = "the database is missing; restore it from the backup";
            return Err(CliError::storage(file.display(), why));
        }
        let store = Store::open(&config.database_url(&folder)).await?;
        let log = open_log(&folder, &config, &keys)?;
        let objects = ObjectStore::open(&folder.join("objects"))
            .map_err(|error| CliError::storage("objects", error))?;
        let name = globals.actor_name()?;
        let known = store.user(&name).await?;
        let mut session = Self {
            folder,
            config,
            store,
            objects: Arc::new(objects),
            log,
            keys,
            actor: known.clone().unwrap_or(Actor { name, role: amparo_model::Role::Auditor }),
            clock: globals.clock(),
            say: Say::new(globals.language()?),
            reason: globals.reason.clone(),
            terminal: false,
            interrupt,
            worker_program: worker::program()?,
        };
        if known.is_none() { Err(session.refuse_stranger()?) } else { Ok(session) }
    }

    /// An empty page in the right language and width.
    #[must_use]
    pub fn page(&self) -> Page<'_> {
        Page::new(&self.say, self.terminal)
    }

    /// Decides whether the act may happen and writes it durably to the log. The effect comes after.
    ///
    /// # Errors
    /// [`CliError::Refused`] with what would be needed; the refusal is in the log as well.
    pub async fn act(&mut self, deed: &Deed<'_>) -> Result<(), CliError> {
        match self.judge(deed).await? {
            Decision::Allow => self.write(deed, deed.action.as_str(), deed.detail.clone()),
            Decision::AllowAsException(exception) => {
                let detail = serde_json::json!({
                    "exception": exception.as_str(), "detail": deed.detail,
                });
                self.write(deed, deed.action.as_str(), detail)
            }
            Decision::Deny(refusal) => {
                let detail = serde_json::json!({
                    "action": deed.action.as_str(), "why": refusal.word(),
                });
                self.write(deed, "refused", detail)?;
                Err(CliError::Refused {
                    action: self.say.word("action", deed.action.as_str()),
                    actor: self.actor.name.clone(),
                    role: self.say.word("role", self.actor.role.as_str()),
                    needs: refusal::sentence(&refusal, &self.say),
                })
            }
        }
    }

    /// The decision alone, without acting on it: for lists that show only what somebody may see.
    ///
    /// # Errors
    /// [`CliError::Storage`] when the database does not answer.
    pub async fn judge(&self, deed: &Deed<'_>) -> Result<Decision, CliError> {
        let assigned = match deed.object.case() {
            Some(case) => self.store.assigned(case, &self.actor.name).await?,
            None => false,
        };
        let context = Context {
            now: self.clock.now(),
            assigned,
            authorisation: deed.authorisation,
            categories: deed.categories,
            drafted_by: deed.drafted_by,
            urgency: deed.urgency,
        };
        Ok(decide(&self.actor, deed.action, &deed.object, &context))
    }

    /// The case with this reference.
    ///
    /// # Errors
    /// [`CliError::Unknown`] when there is none.
    pub async fn case(&self, id: &CaseId) -> Result<Case, CliError> {
        self.store.case(id).await?.ok_or_else(|| CliError::unknown("case", id))
    }

    /// Acts on what was read from the exhibits of a case: asks once per exhibit, under the order by
    /// which it was attached, and returns those that this person may see. What was read from the
    /// others is not even looked up, so that counts and neighbours leak nothing either.
    ///
    /// # Errors
    /// [`CliError::Refused`] when not a single exhibit may be seen.
    pub async fn exhibits(
        &mut self,
        case: &CaseId,
        action: Action,
        categories: &[DataCategory],
    ) -> Result<Vec<EvidenceItem>, CliError> {
        match self.ask_each(case, action, categories).await? {
            (allowed, Some(refused)) if allowed.is_empty() => Err(refused),
            (allowed, _) => Ok(allowed),
        }
    }

    async fn ask_each(
        &mut self,
        case: &CaseId,
        action: Action,
        categories: &[DataCategory],
    ) -> Result<(Vec<EvidenceItem>, Option<CliError>), CliError> {
        self.case(case).await?;
        let items = self.store.evidence_of_case(case).await?;
        if items.is_empty() {
            let order = self.store.authorisations(case).await?.pop();
            let deed = Deed::on(action, Object::Case(case), case.as_str());
            self.act(&deed.under(order.as_ref(), categories)).await?;
        }
        let mut allowed = Vec::new();
        let mut refused = None;
        for item in items {
            let order = self.store.authorisation(&item.authorisation).await?;
            let object = Object::Evidence { case, label: &item.label };
            let deed = Deed::on(action, object, item.id.as_str());
            match self.act(&deed.under(order.as_ref(), categories)).await {
                Ok(()) => allowed.push(item),
                Err(error @ CliError::Refused { .. }) => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Ok((allowed, refused))
    }

    /// As [`Session::exhibits`], for what rests on all of them together and cannot be shown in
    /// part.
    ///
    /// # Errors
    /// [`CliError::Refused`] when a single exhibit of the case may not be seen.
    pub async fn every_exhibit(
        &mut self,
        case: &CaseId,
        action: Action,
        categories: &[DataCategory],
    ) -> Result<Vec<EvidenceItem>, CliError> {
        let (allowed, refused) = self.ask_each(case, action, categories).await?;
        refused.map_or(Ok(allowed), Err)
    }

    /// Acts on what was read from one exhibit of a case.
    ///
    /// # Errors
    /// [`CliError::Unknown`] when the exhibit is not one of the case, [`CliError::Refused`].
    pub async fn exhibit(
        &mut self,
        case: &CaseId,
        id: &EvidenceId,
        categories: &[DataCategory],
    ) -> Result<EvidenceItem, CliError> {
        self.case(case).await?;
        let item = self.store.evidence(id).await?.filter(|item| item.case == *case);
        let item = item.ok_or_else(|| CliError::unknown("evidence", id))?;
        let order = self.store.authorisation(&item.authorisation).await?;
        // Whoever asks without naming kinds of data reads what the order covers.
        let covered = order.as_ref().map(|o| o.categories.clone()).unwrap_or_default();
        let categories = if categories.is_empty() { &covered } else { categories };
        let object = Object::Evidence { case, label: &item.label };
        let deed = Deed::on(Action::ReadEvidence, object, item.id.as_str());
        self.act(&deed.under(order.as_ref(), categories)).await?;
        Ok(item)
    }

    /// An exhibit of a case whose work or record is changed, under the order it was attached by.
    ///
    /// # Errors
    /// [`CliError`] when refused, or when case or exhibit do not exist.
    pub async fn exhibit_to_work_on(
        &mut self,
        case: &CaseId,
        id: &EvidenceId,
        detail: serde_json::Value,
    ) -> Result<EvidenceItem, CliError> {
        let item = self.exhibit(case, id, &[]).await?;
        let order = self.store.authorisation(&item.authorisation).await?;
        let scope = order.as_ref().map(|order| order.categories.clone()).unwrap_or_default();
        let object = Object::Evidence { case: &item.case, label: &item.label };
        let deed = Deed::on(Action::AttachEvidence, object, item.id.as_str());
        self.act(&deed.under(order.as_ref(), &scope).detail(detail)).await?;
        Ok(item)
    }

    fn write(
        &mut self,
        deed: &Deed<'_>,
        action: &str,
        detail: serde_json::Value,
    ) -> Result<(), CliError> {
        let act = Act {
            at: self.clock.now().0,
            actor: self.actor.name.clone(),
            role: self.actor.role.to_string(),
            action: action.to_owned(),
            object: deed.name.clone(),
            case: deed.case.map(ToString::to_string),
            reason: self.reason.clone(),
            detail,
        };
        self.append(act)
    }

    fn append(&mut self, act: Act) -> Result<(), CliError> {
        self.log.append(&[act]).map_err(|error| CliError::storage("audit", error))?;
        Ok(())
    }

    /// Somebody whom this unit does not know tried to act; that belongs in the log as well.
    fn refuse_stranger(&mut self) -> Result<CliError, CliError> {
        let actor = self.actor.name.clone();
        self.append(Act {
            at: self.clock.now().0,
            actor: actor.clone(),
            role: "none".to_owned(),
            action: "refused".to_owned(),
            object: "unit".to_owned(),
            case: None,
            reason: self.reason.clone(),
            detail: serde_json::json!({ "why": "refusal-unknown-user" }),
        })?;
        Ok(CliError::Refused {
            action: self.say.word("action", "work_here"),
            role: self.say.just("cli-role-none"),
            needs: self.say.just("cli-refusal-unknown-user"),
            actor,
        })
    }
}

/// Opens the log of a data folder.
///
/// # Errors
/// [`CliError::Storage`] when it cannot be opened or is not whole.
pub fn open_log(folder: &std::path::Path, config: &Config, keys: &Keys) -> Result<Log, CliError> {
    Log::open(&folder.join("audit"), &keys.audit.0, &origin(config))
        .map_err(|error| CliError::storage("audit", error))
}

/// The log's origin line: the unit's name in the characters that a signed note allows.
#[must_use]
pub fn origin(config: &Config) -> String {
    let good = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!(
        "amparo/{}/{}",
        config.country.to_ascii_lowercase(),
        config.unit.chars().map(good).collect::<String>()
    )
}
