//! What creel knows about the sender: reading a Run, the sender's retry rules, samples.
