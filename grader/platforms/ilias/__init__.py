"""ILIAS."""
