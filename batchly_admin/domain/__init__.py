"""Pure rules: values in, values or typed errors out."""
