"""Plans of recurring and preventive tickets (Spec T31)."""
