//! Units, accounts, identifiers, addresses and the child, as nodes.

use super::graph::{Graph, Id, Node};
use crate::draft::{Authority, Draft};
use crate::findings::{LocationBelief, TechnicalEvent};
use crate::ledger::Party;
use amparo_model::{Account, AccountKey, Identifier};

/// A police unit.
pub(crate) fn unit(graph: &mut Graph, authority: &Authority) -> Id {
    let id = Id::of("unit", &format!("{} {}", authority.country, authority.unit));
    let types = ["uco-identity:Organization", "cacontology-multi:LawEnforcementAgency"];
    let description = format!("Country {}", authority.country);
    graph.add(
        Node::new(id, &types)
            .label(&authority.unit)
            .text("uco-core:name", &authority.unit)
            .text("uco-core:description", &description),
    )
}

/// A company or body known only by its name.
pub(crate) fn organisation(graph: &mut Graph, name: &str) -> Id {
    let id = Id::of("organization", name);
    let node = Node::new(id, &["uco-identity:Organization"]);
    graph.add(node.label(name).text("uco-core:name", name))
}

/// The app in which an account exists.
pub(crate) fn application(graph: &mut Graph, app: &str) -> Id {
    let node = Node::new(Id::of("application", app), &["uco-observable:Application"]);
    graph.add(node.label(app).text("uco-core:name", app))
}

/// The id that an account has everywhere.
pub(crate) fn account_id(key: &AccountKey) -> Id {
    Id::of("account", &key.to_string())
}

/// An account that is known by its key alone, such as a member of a group.
pub(crate) fn bare_account(graph: &mut Graph, key: &AccountKey) -> Id {
    let facets = vec![account_facet(graph, key)];
    let node = Node::new(account_id(key), &["uco-observable:DigitalAccount"]);
    graph.add(node.links("uco-core:hasFacet", &facets))
}

fn account_facet(graph: &mut Graph, key: &AccountKey) -> Id {
    let issuer = organisation(graph, &key.app);
    let id = Id::of("account-facet", &key.to_string());
    let node = Node::new(id, &["uco-observable:AccountFacet"]);
    graph.add(
        node.text("uco-observable:accountIdentifier", &key.id)
            .link("uco-observable:accountIssuer", &issuer),
    )
}

/// Everything known of somebody: accounts, identifiers, addresses.
pub(crate) fn party(graph: &mut Graph, party: &Party) -> Vec<Id> {
    let mut ids: Vec<Id> =
        party.accounts.iter().map(|account| account_of(graph, account.record())).collect();
    ids.extend(party.identifiers.iter().map(|identifier| identified(graph, identifier)));
    ids
}

fn account_of(graph: &mut Graph, account: &Account) -> Id {
    let key = account.key.to_string();
    let mut facets = vec![account_facet(graph, &account.key)];
    let shown = account.names.first().map(String::as_str);
    if shown.is_some() || account.username.is_some() {
        let id = Id::of("digital-account-facet", &key);
        let node = Node::new(id, &["uco-observable:DigitalAccountFacet"])
            .maybe_text("uco-observable:displayName", shown)
            .maybe_text("uco-observable:accountLogin", account.username.as_deref());
        facets.push(graph.add(node));
    }
    if let Some(phone) = &account.phone {
        let id = Id::of("phone-account-facet", &key);
        let node = Node::new(id, &["uco-observable:PhoneAccountFacet"]);
        facets.push(graph.add(node.text("uco-observable:phoneNumber", phone)));
    }
    let node = Node::new(account_id(&account.key), &["uco-observable:DigitalAccount"]);
    graph.add(node.links("uco-core:hasFacet", &facets))
}

/// An identifier outside the app stores, as an account that carries it: as written, with the
/// normalised form in the description.
pub(crate) fn identified(graph: &mut Graph, identifier: &Identifier) -> Id {
    let key = format!("{} {}", identifier.kind.as_str(), identifier.norm);
    let facet = Node::new(Id::of("account-facet", &key), &["uco-observable:AccountFacet"])
        .text("uco-observable:accountIdentifier", &identifier.raw);
    let facets = vec![graph.add(facet)];
    let id = Id::of("identifier", &key);
    let description = format!("{}; compared as {}", identifier.kind.as_str(), identifier.norm);
    graph.add(
        Node::new(id, &["uco-observable:DigitalAccount"])
            .text("uco-core:description", &description)
            .links("uco-core:hasFacet", &facets),
    )
}

/// An IP event: address, connection with source port, and who connected from it.
pub(crate) fn technical_event(graph: &mut Graph, event: &TechnicalEvent, who: &Id) -> Vec<Id> {
    let Ok(ip) = event.ip.parse::<std::net::IpAddr>() else { return Vec::new() };
    let (kind, facet) = match ip {
        std::net::IpAddr::V4(_) => {
            ("uco-observable:IPv4Address", "uco-observable:IPv4AddressFacet")
        }
        std::net::IpAddr::V6(_) => {
            ("uco-observable:IPv6Address", "uco-observable:IPv6AddressFacet")
        }
    };
    let text = ip.to_string();
    let facet = Node::new(Id::of("ip-facet", &text), &[facet]);
    let facets = vec![graph.add(facet.text("uco-observable:addressValue", &text))];
    let node = Node::new(Id::of("ip", &text), &[kind]).links("uco-core:hasFacet", &facets);
    let address = graph.add(node);
    let key = format!("{text} {:?} {:?} {}", event.port, event.at, event.evidence);
    let connection = connection(graph, event, &address, &key);
    let relation =
        Node::new(Id::of("connected-from", &key), &["uco-observable:ObservableRelationship"])
            .link("uco-core:source", who)
            .link("uco-core:target", &address)
            .text("uco-core:kindOfRelationship", "Connected_From")
            .flag("uco-core:isDirectional", true)
            .maybe_time("uco-core:startTime", event.at);
    vec![address, connection, graph.add(relation)]
}

fn connection(graph: &mut Graph, event: &TechnicalEvent, address: &Id, key: &str) -> Id {
    let facet = Id::of("connection-facet", key);
    let mut facet = Node::new(facet, &["uco-observable:NetworkConnectionFacet"])
        .link("uco-observable:src", address)
        .maybe_time("uco-observable:startTime", event.at);
    if let Some(port) = event.port {
        facet = facet.integer("uco-observable:sourcePort", u64::from(port));
    }
    let facets = vec![graph.add(facet)];
    let description =
        format!("{} {}; {}", event.service, event.event.as_deref().unwrap_or(""), event.evidence);
    graph.add(
        Node::new(Id::of("connection", key), &["uco-observable:NetworkConnection"])
            .text("uco-core:description", &description)
            .links("uco-core:hasFacet", &facets),
    )
}

/// The children, by pseudonym; the key holds the referral so that `V-0001` of two cases stay two.
pub(crate) fn children(graph: &mut Graph, draft: &Draft) -> Vec<Id> {
    let mut ids = Vec::new();
    for child in &draft.victims.children {
        let key = format!("{} {}", draft.header.id, child.pseudonym);
        let description = format!("Apparent age {}; sex {}", child.age_band, child.sex);
        let node = Node::new(Id::of("child", &key), &["uco-identity:Person"])
            .text("uco-core:name", &child.pseudonym)
            .text("uco-core:description", &description);
        ids.push(graph.add(node));
    }
    ids
}

/// A belief about a place, with its reason: never a bare point.
pub(crate) fn location(graph: &mut Graph, belief: &LocationBelief) -> Id {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let key = format!("{} {} {}", belief.country, part(&belief.province), part(&belief.town));
    let facet = Node::new(Id::of("address-facet", &key), &["uco-location:SimpleAddressFacet"])
        .text("uco-location:country", &belief.country)
        .maybe_text("uco-location:region", belief.province.as_deref())
        .maybe_text("uco-location:locality", belief.town.as_deref());
    let facets = vec![graph.add(facet)];
    let because = format!(
        "Belief: {} (basis {:?}, confidence {:?})",
        belief.because, belief.basis, belief.confidence
    );
    graph.add(
        Node::new(Id::of("location", &key), &["uco-location:Location"])
            .text("uco-core:description", &because)
            .links("uco-core:hasFacet", &facets),
    )
}
