//! The urgent referral: draft, completeness gate, seal, open, receipts, JSON-LD and PDF.
